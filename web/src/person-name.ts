/** A name as its language orders it: 李小明, but Ming Li. */
export function personName({
  firstName,
  lastName,
}: {
  readonly firstName: string | null;
  readonly lastName: string | null;
}): string {
  const isChinese = /\p{Script=Han}/u.test(`${firstName ?? ''}${lastName ?? ''}`);
  const parts = isChinese ? [lastName, firstName] : [firstName, lastName];
  return parts.filter(Boolean).join(isChinese ? '' : ' ');
}
