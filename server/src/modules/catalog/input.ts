/** What staff may send: shapes, limits, and their translation into clean content. */

import { z } from 'zod';
import { currencyInput, inputMessage } from '../../kernel/http/index.ts';
import { NEW_PRODUCT, NEW_VARIANT, type ProductContent, type VariantContent } from './content.ts';
import { sanitiseDescription } from './html.ts';
import {
  arrangeImages,
  isSlug,
  MAX_DESCRIPTION_LENGTH,
  MAX_IMAGES,
  MAX_NAME_LENGTH,
  MAX_OPTIONS,
  MAX_PRICE,
  MAX_SKU_LENGTH,
  MAX_TAGS,
  makeSku,
  UNCATEGORISED,
} from './product.ts';
import type { FirstStock } from './save-variants.ts';
import { cleanLine, cleanText, shortHash, slugify } from './text.ts';

const MAX_VARIANTS_AT_ONCE = 250;
const MAX_CATEGORY_DEPTH = 8;
const MAX_QUANTITY = 1_000_000_000;
const MAX_METADATA_LENGTH = 10_000;

const line = (max: number) => z.string().max(max).transform(cleanLine).pipe(z.string().min(1));
const amount = z.int().min(0).max(MAX_PRICE);
const address = z.url({ protocol: /^https?$/ }).max(2_000);

const imageInput = z.strictObject({
  url: address,
  alt: z.string().max(MAX_NAME_LENGTH).transform(cleanLine).nullable().optional(),
  isMain: z.boolean().optional(),
});

const productFields = {
  name: line(MAX_NAME_LENGTH),
  slug: z
    .string()
    .refine(
      isSlug,
      inputMessage(
        'It has letters, digits, "-", "_" and "." only, at most 190 of them.',
        '只能包含字母、数字、"-"、"_" 和 "."，最多 190 个字符。',
      ),
    ),
  description: z.string().max(MAX_DESCRIPTION_LENGTH),
  shortDescription: z.string().max(1_000).transform(cleanLine).nullable(),
  /** Names from the root down, joined by ` > `; missing ones are made. */
  category: line(MAX_NAME_LENGTH),
  brand: line(MAX_NAME_LENGTH).nullable(),
  vendor: line(MAX_NAME_LENGTH).nullable(),
  tags: z.array(line(MAX_NAME_LENGTH)).max(MAX_TAGS),
  images: z.array(imageInput).max(MAX_IMAGES),
  options: z.array(line(MAX_NAME_LENGTH)).max(MAX_OPTIONS),
  visibility: z.enum(['public', 'private', 'hidden']),
  seo: z.strictObject({
    title: z.string().max(1_000).transform(cleanLine).nullable().default(null),
    description: z.string().max(1_000).transform(cleanLine).nullable().default(null),
  }),
  taxClass: z
    .string()
    .regex(
      /^[a-z][a-z0-9_-]{0,31}$/,
      inputMessage(
        'It begins with a small letter and has small letters, digits, dashes and underscores only, at most 32.',
        '须以小写字母开头，只能包含小写字母、数字、短横线和下划线，最多 32 个字符。',
      ),
    ),
  isTaxable: z.boolean(),
  requiresShipping: z.boolean(),
  isGiftCard: z.boolean(),
  metadata: z
    .record(z.string().max(100), z.json())
    .refine(
      (value) => JSON.stringify(value).length <= MAX_METADATA_LENGTH,
      inputMessage('There is too much metadata.', '元数据过大。'),
    ),
};

const variantFields = {
  sku: line(MAX_SKU_LENGTH),
  /** One value for each option of the product, in the order of its options. */
  optionValues: z.array(line(MAX_NAME_LENGTH)).max(MAX_OPTIONS),
  unitPrice: amount,
  salePrice: amount.nullable(),
  cost: amount.nullable(),
  barcode: line(MAX_NAME_LENGTH).nullable(),
  weightGrams: z.int().min(0).max(MAX_QUANTITY).nullable(),
  image: address.nullable(),
  isTaxable: z.boolean(),
  requiresShipping: z.boolean(),
};

const stockInput = z.strictObject({
  isTracked: z.boolean(),
  onHand: z.int().min(0).max(MAX_QUANTITY).default(0),
  backorderAllowance: z.int().min(0).max(MAX_QUANTITY).default(0),
});

export const newVariantInput = z
  .strictObject({
    ...z.strictObject(variantFields).partial().shape,
    unitPrice: amount,
    /** Counted from the start unless it says otherwise. */
    stock: stockInput.default({ isTracked: true, onHand: 0, backorderAllowance: 0 }),
  })
  .refine(({ unitPrice, salePrice }) => salePrice == null || salePrice <= unitPrice, {
    path: ['salePrice'],
    error: inputMessage('It must not be above unitPrice.', '不得高于 unitPrice。'),
  });

export type NewVariantInput = z.infer<typeof newVariantInput>;

export const newProductInput = z.strictObject({
  ...z.strictObject(productFields).partial().shape,
  name: productFields.name,
  status: z.enum(['draft', 'active']).default('draft'),
  /** ISO 4217; the shop's own without it. It can not be changed later. */
  currency: currencyInput.optional(),
  variants: z.array(newVariantInput).min(1).max(MAX_VARIANTS_AT_ONCE),
});

export const changeProductInput = z.strictObject({
  ...z.strictObject(productFields).partial().shape,
  status: z.enum(['draft', 'active', 'inactive', 'archived']).optional(),
});

export const changeVariantInput = z.strictObject({
  ...z.strictObject(variantFields).partial().shape,
  status: z.enum(['active', 'inactive']).optional(),
});

type ProductInput = Omit<z.infer<typeof changeProductInput>, 'status'>;

function toCategory(path: string): string[] {
  const names = path
    .split('>')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === 0 ? [UNCATEGORISED] : names.slice(0, MAX_CATEGORY_DEPTH);
}

/** Only what was given. */
export function toContent(input: ProductInput): Partial<ProductContent> {
  const { options, category, description, images, tags, ...same } = input;
  const content = {
    ...same,
    description: description === undefined ? undefined : sanitiseDescription(cleanText(description)),
    category: category === undefined ? undefined : toCategory(category),
    tags: tags && [...new Set(tags)],
    images: images && arrangeImages(images),
    optionNames: options,
  };
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
}

/** A name without a letter or digit still needs an address. */
const slugOf = (name: string) => slugify(name) || `product-${shortHash(name, 8)}`;

/** Everything, with what was not given filled in. */
export function toNewContent(input: z.infer<typeof newProductInput>, shopCurrency: string): ProductContent {
  const { variants: _variants, status: _status, currency, ...fields } = input;
  return {
    slug: slugOf(input.name),
    name: input.name,
    ...NEW_PRODUCT,
    ...toContent(fields),
    currency: currency ?? shopCurrency,
  };
}

/** A variant with what was not given taken from its product, and the stock that it begins with. */
export function toNewVariant(
  input: NewVariantInput,
  product: { readonly slug: string; readonly isTaxable: boolean; readonly requiresShipping: boolean },
): { content: VariantContent; stock: FirstStock } {
  const { stock, ...fields } = input;
  const optionValues = fields.optionValues ?? [];
  const content = {
    ...NEW_VARIANT,
    isTaxable: product.isTaxable,
    requiresShipping: product.requiresShipping,
    ...fields,
    salePrice: fields.salePrice ?? null,
    sku: fields.sku ?? makeSku(product.slug, optionValues),
    optionValues,
  };
  return { content: content as VariantContent, stock };
}
