/** What was typed into a field of a form, without blanks around it; empty where the field is not there. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
