import type { LocalizedText } from '../../../kernel/errors.ts';

/** A line that can not be imported, found while its product was being written: the product's transaction rolls back. */
export class LineRefused extends Error {
  readonly line: number;
  readonly text: LocalizedText;

  constructor(line: number, text: LocalizedText) {
    super(text.en);
    this.name = 'LineRefused';
    this.line = line;
    this.text = text;
  }
}
