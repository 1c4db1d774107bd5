import { invalidRequest } from './errors.ts';
import type { Objects } from './objects.ts';

const MAX_DEPTH = 4;

/** Puts whole objects where `expand` names them; in a list its paths begin with `data.` */
export function expand(
  objects: Objects,
  answer: Record<string, unknown>,
  paths: readonly string[],
): Record<string, unknown> {
  // A copy: what is expanded here is not how it is kept.
  const copy = structuredClone(answer);
  for (const path of paths) {
    const steps = path.split('.');
    if (steps.length > MAX_DEPTH + 1) {
      throw invalidRequest('You cannot expand more than 4 levels of a property.', 'expand');
    }
    follow(objects, copy, steps);
  }
  return copy;
}

function follow(objects: Objects, at: unknown, steps: readonly string[]): void {
  const [step, ...rest] = steps;
  if (step === undefined || typeof at !== 'object' || at === null) {
    return;
  }
  if (Array.isArray(at)) {
    for (const item of at) {
      follow(objects, item, steps);
    }
    return;
  }
  const holder = at as Record<string, unknown>;
  const value = holder[step];
  if (typeof value === 'string') {
    holder[step] = objects.find(value) ?? value;
  }
  follow(objects, holder[step], rest);
}
