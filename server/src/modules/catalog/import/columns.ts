/**
 * The columns of Shopify's product CSV. Shopify has renamed them over the years, and files come from exports of every
 * age, from templates and from other programs: each column is found by any of its names, whatever their case.
 */
const NAMES = {
  handle: ['Handle', 'URL handle'],
  title: ['Title'],
  body: ['Body (HTML)', 'Body HTML', 'Body', 'Description'],
  vendor: ['Vendor'],
  productCategory: ['Product Category', 'Standardized Product Type', 'Standard Product Type'],
  type: ['Type', 'Custom Product Type'],
  tags: ['Tags'],
  published: ['Published', 'Published on online store'],
  status: ['Status'],
  option1Name: ['Option1 Name'],
  option1Value: ['Option1 Value'],
  option2Name: ['Option2 Name'],
  option2Value: ['Option2 Value'],
  option3Name: ['Option3 Name'],
  option3Value: ['Option3 Value'],
  sku: ['Variant SKU', 'SKU'],
  grams: ['Variant Grams', 'Weight value (grams)'],
  tracker: ['Variant Inventory Tracker', 'Inventory tracker'],
  quantity: ['Variant Inventory Qty', 'Inventory quantity'],
  policy: ['Variant Inventory Policy', 'Continue selling when out of stock'],
  price: ['Variant Price', 'Price'],
  compareAt: ['Variant Compare At Price', 'Compare-at price', 'Compare At Price'],
  cost: ['Cost per item'],
  requiresShipping: ['Variant Requires Shipping', 'Requires shipping'],
  taxable: ['Variant Taxable', 'Charge tax'],
  barcode: ['Variant Barcode', 'Barcode'],
  imageSrc: ['Image Src', 'Product image URL'],
  imagePosition: ['Image Position'],
  imageAlt: ['Image Alt Text'],
  variantImage: ['Variant Image', 'Variant image URL'],
  giftCard: ['Gift Card'],
  seoTitle: ['SEO Title'],
  seoDescription: ['SEO Description'],
} as const;

export type Column = keyof typeof NAMES;

/** Without these a product can not be told from another, named or priced. */
const REQUIRED: readonly Column[] = ['handle', 'title', 'price'];

/** The cells of one line by column; '' for what the file does not have. */
export type Cells = Readonly<Record<Column, string>>;

export interface Header {
  /** How many columns the file names; a line with more has a comma that stands in no quotes. */
  readonly width: number;
  /** Position of each column that the file has. */
  readonly positions: ReadonlyMap<Column, number>;
  /** Columns of the file that mean nothing here. */
  readonly ignored: readonly string[];
  /** Names of the columns that the file should have and has not. */
  readonly missing: readonly string[];
  /** Columns that stand in the file twice, so that nobody can say which one is meant. */
  readonly repeated: readonly string[];
}

const comparable = (name: string) => name.trim().replace(/\s+/g, ' ').toLowerCase();

const COLUMN_OF = new Map<string, Column>(
  (Object.keys(NAMES) as Column[]).flatMap((column) =>
    NAMES[column].map((name): [string, Column] => [comparable(name), column]),
  ),
);

/** Finds the columns in the first line of a file. */
export function readHeader(names: readonly string[]): Header {
  const positions = new Map<Column, number>();
  const ignored: string[] = [];
  const repeated: string[] = [];
  for (const [position, name] of names.entries()) {
    const column = COLUMN_OF.get(comparable(name));
    if (column === undefined) {
      ignored.push(name.trim());
    } else if (positions.has(column)) {
      repeated.push(name.trim());
    } else {
      positions.set(column, position);
    }
  }
  const missing = REQUIRED.filter((column) => !positions.has(column)).map((column) => NAMES[column][0]);
  return {
    width: names.length,
    positions,
    ignored: ignored.filter((name) => name !== ''),
    missing,
    repeated,
  };
}

/** The cells of one line. Cells that the line does not have are empty, as spreadsheets leave them away at the end. */
export function readCells(header: Header, record: readonly string[]): Cells {
  const cells = {} as Record<Column, string>;
  for (const column of Object.keys(NAMES) as Column[]) {
    const position = header.positions.get(column);
    cells[column] = position === undefined ? '' : (record[position] ?? '').trim();
  }
  return cells;
}

/** What separates the columns of a file that has one column by commas; `undefined` where nothing known does. */
export function guessSeparator(names: readonly string[]): string | undefined {
  return [';', '\t', '|'].find((separator) => names.length === 1 && names[0]?.includes(separator));
}

/** Whether the file says anything at all in this column. */
export function hasColumn(header: Header, column: Column): boolean {
  return header.positions.has(column);
}
