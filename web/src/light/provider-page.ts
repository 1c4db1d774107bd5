/** An address of a provider's page; `undefined` for anything that is none. */
export function pageOf(parameters: Readonly<Record<string, string>>): string | undefined {
  const url = URL.parse(parameters.redirectUrl ?? parameters.h5Url ?? '');
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined;
}
