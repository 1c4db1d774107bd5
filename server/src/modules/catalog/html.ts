import { createRequire } from 'node:module';
import type sanitize from 'sanitize-html';
import { cleanLine } from './text.ts';

const require = createRequire(import.meta.url);

/** Loaded with the first product that is written: it brings a whole HTML parser, and most processes only read. */
const sanitizeHtml: typeof sanitize = (html, options) =>
  (require('sanitize-html') as typeof sanitize)(html, options);

const BLOCKS = ['p', 'div', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'figure'];
const LISTS = ['ul', 'ol', 'li', 'dl', 'dt', 'dd'];
const TABLES = ['table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'];
const INLINE = ['span', 'b', 'strong', 'i', 'em', 'u', 's', 'small', 'sub', 'sup', 'code', 'a', 'img'];

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
};

/**
 * Keeps the tags that describe a product and drops the rest: no scripts, styles, frames, forms or event handlers, and
 * links and images by http(s) only. Cleaning twice gives the same text.
 */
export function sanitiseDescription(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: [...BLOCKS, ...LISTS, ...TABLES, ...INLINE],
    allowedAttributes: {
      a: ['href', 'title', 'rel'],
      img: ['src', 'alt', 'width', 'height'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    transformTags: {
      a: (tagName, attribs) => ({ tagName, attribs: { ...attribs, rel: 'nofollow noopener' } }),
    },
  }).trim();
}

/** The words of a description without its tags, on one line. */
export function toPlainText(html: string): string {
  // A tag separates words: "<li>red</li><li>blue</li>" is two of them.
  const stripped = sanitizeHtml(html.replaceAll('<', ' <'), { allowedTags: [] });
  return cleanLine(
    stripped.replace(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (entity) => ENTITIES[entity] ?? entity),
  );
}
