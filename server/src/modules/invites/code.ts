import { randomCode } from '../../kernel/ids.ts';

/** 40 bits: nobody guesses one among the many that exist. */
const LENGTH = 8;

/** A code to be read out and typed in: capital letters and digits, without those that look like others. */
export function newCode(): string {
  return randomCode(LENGTH).toUpperCase();
}

/** As the code is stored, from how people write it: in any case, with blanks or dashes, O for 0, I or L for 1. */
export function normaliseCode(text: string): string {
  return text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}
