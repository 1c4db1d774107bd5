import { invalidRequest } from './errors.ts';

export type FormValue = string | Form;
export interface Form {
  [name: string]: FormValue;
}

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads `a[b][0]=c` into objects; lists are objects with numbers for names. */
export function parseForm(text: string): Form {
  const form: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = [...name.matchAll(/^[^[\]]+|\[([^[\]]*)\]/g)].map(([whole, inner]) => inner ?? whole);
    place(form, path, value);
  }
  return form;
}

function place(form: Form, path: string[], value: string): void {
  let at = form;
  for (const [depth, step] of path.entries()) {
    const name = step === '' ? String(Object.keys(at).length) : step;
    if (FORBIDDEN.has(name)) {
      throw invalidRequest(`Received unknown parameter: ${name}`, name, 'parameter_unknown');
    }
    if (depth === path.length - 1) {
      at[name] = value;
      return;
    }
    const next = at[name];
    const inner = typeof next === 'object' ? next : {};
    at[name] = inner;
    at = inner;
  }
}

export function textOf(form: Form, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' ? value : undefined;
}

export function needText(form: Form, name: string): string {
  const value = textOf(form, name);
  if (value === undefined || value === '') {
    throw invalidRequest(`Missing required param: ${name}.`, name, 'parameter_missing');
  }
  return value;
}

/** A whole number of at least `minimum`, as Stripe words its refusal. */
export function integerOf(form: Form, name: string, minimum = 0): number | undefined {
  const value = textOf(form, name);
  if (value === undefined) {
    return undefined;
  }
  if (!/^-?\d{1,15}$/.test(value)) {
    throw invalidRequest(`Invalid integer: ${value}`, name, 'parameter_invalid_integer');
  }
  if (Number(value) < minimum) {
    throw invalidRequest(
      `This value must be greater than or equal to ${minimum}.`,
      name,
      'parameter_invalid_integer',
    );
  }
  return Number(value);
}

export function innerForm(form: Form, name: string): Form {
  const value = form[name];
  return typeof value === 'object' ? value : {};
}

export function listOf(form: Form, name: string): string[] {
  return Object.values(innerForm(form, name)).filter((value): value is string => typeof value === 'string');
}

export function metadataOf(form: Form): Record<string, string> {
  return Object.fromEntries(
    Object.entries(innerForm(form, 'metadata')).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

/** A parameter that is not known is refused, as Stripe refuses it. */
export function refuseUnknown(form: Form, known: readonly string[]): void {
  const unknown = Object.keys(form).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw invalidRequest(`Received unknown parameter: ${unknown}`, unknown, 'parameter_unknown');
  }
}
