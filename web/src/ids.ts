/** Whether a text is nothing but one of the program's own ids, which says nothing to a customer and is a link for staff. */
export function isId(text: string): boolean {
  return /^[a-z]{2,5}_[0-9a-z]{24,32}$/.test(text);
}
