/**
 * Shows HTML that was written elsewhere, such as product descriptions. The server has sanitised it; this is the second
 * lock: the text is parsed without running anything, and only what is on the list is built again as React elements.
 */
import { createElement, type ReactNode } from 'react';

const ALLOWED = new Set(
  'a abbr b blockquote br caption code dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins li ol p pre s small span strong sub sup table tbody td tfoot th thead tr u ul'.split(
    ' ',
  ),
);
const VOID = new Set(['br', 'hr', 'img']);

/** Whether an address may stand in a link or a picture: of the web, or of this site. */
export function isSafeAddress(address: string, schemes: readonly string[]): boolean {
  // Browsers skip blanks and control characters in front of a scheme and inside it; so must the check.
  const compact = Array.from(address)
    .filter((character) => character > ' ')
    .join('');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(compact)?.[1];
  return scheme === undefined || schemes.includes(scheme.toLowerCase());
}

function attributesOf(element: Element): Record<string, string> {
  const name = element.tagName.toLowerCase();
  const href = element.getAttribute('href');
  if (name === 'a' && href !== null && isSafeAddress(href, ['http', 'https', 'mailto', 'tel'])) {
    return { href, target: '_blank', rel: 'noopener noreferrer nofollow' };
  }
  const src = element.getAttribute('src');
  if (name === 'img' && src !== null && isSafeAddress(src, ['http', 'https'])) {
    return { src, alt: element.getAttribute('alt') ?? '', loading: 'lazy' };
  }
  return {};
}

function toReact(node: Node, key: number): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) {
    return node.textContent;
  }
  if (!(node instanceof Element)) {
    return null;
  }
  const name = node.tagName.toLowerCase();
  if (['script', 'style', 'template', 'iframe', 'object', 'noscript'].includes(name)) {
    return null;
  }
  const children = Array.from(node.childNodes, toReact);
  if (!ALLOWED.has(name)) {
    return children;
  }
  const attributes = { ...attributesOf(node), key };
  return VOID.has(name) ? createElement(name, attributes) : createElement(name, attributes, ...children);
}

/** The elements of an HTML text. */
export function toSafeElements(html: string): ReactNode[] {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  return Array.from(parsed.body.childNodes, toReact);
}
