/** The lines of one product as a product; pure, so that everything a file can say is tested without a database. */
import type { ProductContent } from '../content.ts';
import { sanitiseDescription } from '../html.ts';
import {
  arrangeImages,
  isSlug,
  MAX_DESCRIPTION_LENGTH,
  MAX_IMAGES,
  MAX_NAME_LENGTH,
  MAX_OPTIONS,
  MAX_TAGS,
  MAX_VARIANTS,
  type ProductImage,
  UNCATEGORISED,
} from '../product.ts';
import { cleanLine, cleanText } from '../text.ts';
import { type Column, type Header, hasColumn } from './columns.ts';
import { messages } from './messages.ts';
import { type CellReader, createCellReader, type Problem } from './parse-cells.ts';
import { namesVariant, type ParsedVariant, parseVariant } from './parse-variant.ts';
import type { Group, Line } from './read-groups.ts';

/** A product as the file says it. */
export interface ParsedProduct {
  readonly handle: string;
  readonly firstLine: number;
  readonly name: string;
  /** Only what the file has columns for, so that a file with few columns changes little. */
  readonly content: Partial<ProductContent>;
  /** `undefined` where the file has neither column. */
  readonly status: 'active' | 'draft' | 'archived' | undefined;
  readonly variants: readonly ParsedVariant[];
  /** Lines that say nothing. */
  readonly emptyLines: readonly number[];
}

interface Context {
  readonly header: Header;
  readonly currency: string;
  readonly problems: Problem[];
}

const MAX_SEO_LENGTH = 1_000;

/** Reads a product; anything that is wrong with any of its lines stands in `problems`, and then it must not be imported. */
export function parseProduct(
  group: Group,
  header: Header,
  currency: string,
): { product: ParsedProduct; problems: readonly Problem[] } {
  const context: Context = { header, currency, problems: [] };
  const main: Line = group.lines.find(({ cells }) => cells.title !== '') ?? firstOf(group);
  const reader = createCellReader(main, currency, context.problems);
  const name = readName(reader, main, group.handle);
  refuseTooLong(group, context.problems);
  const optionNames = readOptionNames(group, main, context);
  const variants = group.lines
    .filter((line) => line === main || namesVariant(line.cells))
    .map((line) =>
      parseVariant(line, { ...context, optionNames, has: (column) => hasColumn(header, column) }),
    );
  refuseRepeats(variants, context.problems);
  if (variants.length > MAX_VARIANTS) {
    reader.refuse(messages.tooMany('variants', MAX_VARIANTS));
  }
  const content = { ...readContent(reader, main, context, name), optionNames };
  const images = readImages(group, variants, context);
  const emptyLines = group.lines.filter(
    (line) => line !== main && !namesVariant(line.cells) && line.cells.imageSrc === '',
  );
  const product: ParsedProduct = {
    handle: group.handle,
    firstLine: main.line,
    name,
    content: hasColumn(header, 'imageSrc') ? { ...content, images } : content,
    status: readStatus(reader, main, header),
    variants,
    emptyLines: emptyLines.map(({ line }) => line),
  };
  return { product, problems: context.problems };
}

const firstOf = ({ lines }: Group) => lines[0] as Line;

function readName(reader: CellReader, { cells }: Line, handle: string): string {
  if (handle === '' || !isSlug(handle)) {
    reader.refuse(handle === '' ? messages.noHandle : messages.badHandle);
  }
  const name = reader.text('title', 'Title', MAX_NAME_LENGTH);
  if (cells.title === '') {
    reader.refuse(messages.noTitle);
  }
  return name;
}

/** Cells behind the last column are those that a comma without quotes has moved: nobody can say what belongs where. */
function refuseTooLong({ lines }: Group, problems: Problem[]): void {
  for (const { line } of lines.filter(({ isTooLong }) => isTooLong)) {
    problems.push({ line, text: messages.tooManyCells });
  }
}

/**
 * The names up to the first that is empty, of the line with the title or else of the first that has any. A product without
 * options is written as "Title: Default Title".
 */
function readOptionNames({ lines }: Group, main: Line, { currency, problems }: Context): string[] {
  const named = [main, ...lines].find(({ cells }) => cells.option1Name !== '') ?? main;
  const { cells } = named;
  const reader = createCellReader(named, currency, problems);
  if (cells.option1Name.toLowerCase() === 'title' && cells.option1Value === 'Default Title') {
    return [];
  }
  const columns: readonly Column[] = ['option1Name', 'option2Name', 'option3Name'];
  const names = columns.map((column, index) =>
    reader.text(column, `Option${index + 1} Name`, MAX_NAME_LENGTH),
  );
  const end = names.indexOf('');
  return names.slice(0, end === -1 ? MAX_OPTIONS : end);
}

function refuseRepeats(variants: readonly ParsedVariant[], problems: Problem[]): void {
  const byOptions = new Map<string, number>();
  const bySku = new Map<string, number>();
  for (const { line, optionValues, sku } of variants) {
    const options = JSON.stringify(optionValues);
    const sameOptions = byOptions.get(options);
    if (sameOptions !== undefined) {
      problems.push({ line, text: messages.sameOptions(sameOptions) });
    }
    byOptions.set(options, line);
    const sameSku = sku === '' ? undefined : bySku.get(sku);
    if (sameSku !== undefined) {
      problems.push({ line, text: messages.sameSku(sameSku) });
    }
    bySku.set(sku, line);
  }
}

function readContent(
  reader: CellReader,
  { cells }: Line,
  { header }: Context,
  name: string,
): Partial<ProductContent> {
  const has = (column: Column) => hasColumn(header, column);
  const vendor = reader.text('vendor', 'Vendor', MAX_NAME_LENGTH) || null;
  return {
    name,
    ...(has('body') && { description: readDescription(reader, cells.body) }),
    ...(has('vendor') && { vendor, brand: vendor }),
    ...((has('type') || has('productCategory')) && { category: readCategory(reader) }),
    ...(has('tags') && { tags: readTags(reader, cells.tags) }),
    ...(has('giftCard') && { isGiftCard: reader.flag('giftCard', 'Gift Card') ?? false }),
    ...(has('taxable') && { isTaxable: reader.flag('taxable', 'Taxable') ?? true }),
    ...(has('requiresShipping') && {
      requiresShipping: reader.flag('requiresShipping', 'Requires shipping') ?? true,
    }),
    ...((has('seoTitle') || has('seoDescription')) && {
      seo: {
        title: reader.text('seoTitle', 'SEO Title', MAX_SEO_LENGTH) || null,
        description: reader.text('seoDescription', 'SEO Description', MAX_SEO_LENGTH) || null,
      },
    }),
  };
}

function readDescription(reader: CellReader, html: string): string {
  if (html.length > MAX_DESCRIPTION_LENGTH) {
    reader.refuse(messages.tooLong('Body (HTML)', MAX_DESCRIPTION_LENGTH));
    return '';
  }
  return sanitiseDescription(cleanText(html));
}

/** The shop's own type comes before Shopify's category, whose levels are written "A > B > C". */
function readCategory(reader: CellReader): string[] {
  const type = reader.text('type', 'Type', MAX_NAME_LENGTH);
  const levels =
    type === '' ? reader.text('productCategory', 'Product Category', MAX_NAME_LENGTH).split('>') : [type];
  const names = levels.map((level) => level.trim()).filter((level) => level !== '');
  return names.length === 0 ? [UNCATEGORISED] : names;
}

function readTags(reader: CellReader, cell: string): string[] {
  const tags = [...new Set(cell.split(',').map(cleanLine))].filter((tag) => tag !== '');
  if (tags.length > MAX_TAGS) {
    reader.refuse(messages.tooMany('tags', MAX_TAGS));
  }
  if (tags.some((tag) => tag.length > MAX_NAME_LENGTH)) {
    reader.refuse(messages.tooLong('Tags', MAX_NAME_LENGTH));
  }
  return tags;
}

/** Images of all lines by their position; those of variants that are nowhere else come last. */
function readImages(group: Group, variants: readonly ParsedVariant[], context: Context): ProductImage[] {
  const images = group.lines.flatMap((line) => {
    const reader = createCellReader(line, context.currency, context.problems);
    const url = reader.address('imageSrc');
    const position = reader.integer('imagePosition', 'Image Position') ?? Number.MAX_SAFE_INTEGER;
    const alt = reader.text('imageAlt', 'Image Alt Text', MAX_NAME_LENGTH) || null;
    return url === undefined ? [] : [{ url, alt, position }];
  });
  const sorted = images.sort((a, b) => a.position - b.position);
  const ofVariants = variants.flatMap(({ content }) => (content.image ? [{ url: content.image }] : []));
  const arranged = arrangeImages([...sorted, ...ofVariants]);
  if (arranged.length > MAX_IMAGES) {
    context.problems.push({
      line: firstOf(group).line,
      text: messages.tooMany('images', MAX_IMAGES),
    });
  }
  return arranged;
}

/** Exports of today have a status; older ones only say whether the product is published. */
function readStatus(reader: CellReader, { cells }: Line, header: Header): ParsedProduct['status'] {
  const isPublished = reader.flag('published', 'Published') ?? true;
  const status = cells.status.toLowerCase();
  if (!hasColumn(header, 'status') && !hasColumn(header, 'published')) {
    return undefined;
  }
  if (status !== '' && status !== 'active' && status !== 'draft' && status !== 'archived') {
    reader.refuse(messages.badStatus(cells.status));
    return undefined;
  }
  return status === 'archived' || isPublished ? status || 'active' : 'draft';
}
