import { createHash } from 'node:crypto';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** One line of text: NFC, no control characters (PostgreSQL refuses NUL), single blanks, none at the ends. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ');
}

/** A text of several lines, without control characters and half characters. */
export function cleanText(text: string): string {
  return text.toWellFormed().normalize('NFC').replace(CONTROLS, '').trim();
}

/** What a text is compared and sorted by: NFKC, lower case, accents of Latin letters folded. */
export function foldText(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/(?<=\p{Script=Latin})\p{Mn}+/gu, '')
    .normalize('NFC');
}

/** Cuts after at most `length` characters, never through one. */
export function truncate(text: string, length: number): string {
  const characters = text.length <= length ? undefined : Array.from(text).slice(0, length);
  return characters === undefined ? text : characters.join('').trimEnd();
}

/** The first characters of a SHA-256, in hexadecimal. */
export function shortHash(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

const MAX_SLUG_LENGTH = 120;

/** An address part made from a name: letters and digits of every script, lower-cased, joined by `-`. May be empty. */
export function slugify(name: string): string {
  const slug = foldText(name).replace(/[^\p{L}\p{N}\p{M}]+/gu, '-');
  return truncate(slug, MAX_SLUG_LENGTH).replace(/^-+|-+$/g, '');
}
