/** Times as people of that language read them, in the device's own time zone. */

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, style: Intl.DateTimeFormatOptions, iso: string): string {
  const key = language + JSON.stringify(style);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(language, style);
  formats.set(key, known);
  return known.format(new Date(iso));
}

/** Date and time to the minute. */
export function formatMoment(iso: string, language: string): string {
  return format(language, { dateStyle: 'medium', timeStyle: 'short' }, iso);
}

/** Date and time to the second, for the order in which things happened. */
export function formatExactMoment(iso: string, language: string): string {
  return format(language, { dateStyle: 'medium', timeStyle: 'medium' }, iso);
}
