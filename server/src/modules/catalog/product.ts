/** The pure rules of products: what a price, a SKU and a slug may be, and what follows from the variants. */
import { foldText, shortHash, slugify, truncate } from './text.ts';

export interface ProductImage {
  readonly url: string;
  readonly alt: string | null;
  readonly order: number;
  readonly isMain: boolean;
}

export interface Seo {
  readonly title: string | null;
  readonly description: string | null;
}

/** In minor units: with any quantity that an order takes, a line stays below 2^53. */
export const MAX_PRICE = 100_000_000_000;
export const MAX_OPTIONS = 3;
export const MAX_VARIANTS = 2_000;
export const MAX_IMAGES = 250;
export const MAX_TAGS = 250;
export const MAX_NAME_LENGTH = 255;
export const MAX_DESCRIPTION_LENGTH = 100_000;
export const MAX_SKU_LENGTH = 120;
export const MAX_SLUG_LENGTH = 190;
export const UNCATEGORISED = 'Uncategorised';

const SKU_PART = /^[\p{L}\p{N}._-]+$/u;
const HASH_LENGTH = 8;
const SUMMARY_LENGTH = 200;
const SORT_NAME_LENGTH = 120;

/** Letters, digits, `-`, `_` and `.` of every script: what stands in an address without being escaped into something else. */
const SLUG = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]*$/u;

export function isSlug(text: string): boolean {
  return text.length <= MAX_SLUG_LENGTH && SLUG.test(text) && !/^(?:prod|var)_/.test(text);
}

/** The prices of a variant that decide what it costs. */
export interface Priced {
  readonly unit_price: number;
  readonly sale_price: number | null;
}

/** What a buyer pays for one. */
export function effectivePrice({ unit_price, sale_price }: Priced): number {
  return sale_price ?? unit_price;
}

export interface PriceRange {
  readonly min_price: number;
  readonly max_price: number;
  readonly list_price: number;
}

/** The range of what variants cost, and what the cheapest cost before its sale. */
export function priceRange(variants: readonly Priced[]): PriceRange {
  const prices = variants.map(effectivePrice);
  const min = prices.length === 0 ? 0 : Math.min(...prices);
  const cheapest = variants.filter((variant) => effectivePrice(variant) === min);
  return {
    min_price: min,
    max_price: prices.length === 0 ? 0 : Math.max(...prices),
    list_price: Math.max(min, ...cheapest.map(({ unit_price }) => unit_price)),
  };
}

/** Identifies a combination of option values within its product. */
export function optionsKey(values: readonly string[]): string {
  return shortHash(JSON.stringify(values), 40);
}

/** What a variant is called beside its product's name: `Red / M`; empty for a product without options. */
export function variantTitle(optionValues: readonly string[]): string {
  return optionValues.join(' / ');
}

/**
 * The SKU of a variant that was given none: made from the product's slug and the option values alone, so that it is the
 * same each time. Values that do not stand in a SKU as they are (blanks, slashes, length) are told apart by a hash.
 */
export function makeSku(slug: string, optionValues: readonly string[]): string {
  const exact = [slug, ...optionValues].join('/');
  if (exact.length <= MAX_SKU_LENGTH && optionValues.every((value) => SKU_PART.test(value))) {
    return exact;
  }
  const readable = [slug, ...optionValues.map(slugify)].filter((part) => part !== '').join('/');
  const hash = shortHash(JSON.stringify([slug, ...optionValues]), HASH_LENGTH);
  return `${truncate(readable, MAX_SKU_LENGTH - HASH_LENGTH - 1)}-${hash}`;
}

export function sortName(name: string): string {
  return truncate(foldText(name), SORT_NAME_LENGTH);
}

/** The plain text for lists and order lines. */
export function summarise(shortDescription: string | null, plainDescription: string): string {
  return truncate(shortDescription ?? plainDescription, SUMMARY_LENGTH);
}

/** Images in their order, each address once; exactly one is the main one, unless there is none at all. */
export function arrangeImages(
  images: readonly { url: string; alt?: string | null | undefined; isMain?: boolean | undefined }[],
): ProductImage[] {
  const first = new Map<string, (typeof images)[number]>();
  for (const image of images) {
    if (!first.has(image.url)) {
      first.set(image.url, image);
    }
  }
  const unique = [...first.values()];
  const main = Math.max(
    0,
    unique.findIndex(({ isMain }) => isMain === true),
  );
  return unique.map(({ url, alt }, index) => ({
    url,
    alt: alt ?? null,
    order: index,
    isMain: index === main,
  }));
}
