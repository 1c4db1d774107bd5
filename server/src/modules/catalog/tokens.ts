/**
 * Words for the search, made here and not by the engines, so that all three find the same: MariaDB has no parser for
 * Chinese, and SQLite and PostgreSQL cut words differently.
 */
import { foldText, truncate } from './text.ts';

/** Longer words are cut; a prefix search finds them all the same. */
const MAX_TERM_LENGTH = 24;
const MAX_QUERY_TERMS = 8;
/** Chinese, Japanese and Korean, which write words without blanks between them. */
const CJK_RUN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}々〆ー]+/gu;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Sorts after every character that a term can hold, on every engine. */
const AFTER_ALL = '\u{10ffff}';

/** A term that must be matched: exactly, or as the beginning of a word. */
export interface QueryTerm {
  readonly from: string;
  /** Inclusive; the same as `from` where the whole word must match. */
  readonly until: string;
}

interface Run {
  readonly text: string;
  readonly isCjk: boolean;
}

function runsOf(text: string): Run[] {
  const folded = foldText(text);
  const runs: Run[] = [];
  let rest = 0;
  const addWords = (part: string) => {
    for (const [word] of part.matchAll(WORD)) {
      runs.push({ text: truncate(word, MAX_TERM_LENGTH), isCjk: false });
    }
  };
  for (const match of folded.matchAll(CJK_RUN)) {
    addWords(folded.slice(rest, match.index));
    runs.push({ text: match[0], isCjk: true });
    rest = match.index + match[0].length;
  }
  addWords(folded.slice(rest));
  return runs;
}

function bigramsOf(characters: readonly string[]): string[] {
  return characters.slice(0, -1).map((character, index) => character + (characters[index + 1] as string));
}

/** Every term under which a text is found: whole words, and for Chinese, Japanese and Korean single characters and pairs. */
export function termsOf(text: string): Set<string> {
  const terms = new Set<string>();
  for (const run of runsOf(text)) {
    const characters = run.isCjk ? Array.from(run.text) : [];
    const added = run.isCjk ? [...characters, ...bigramsOf(characters)] : [run.text];
    for (const term of added) {
      terms.add(term);
    }
  }
  return terms;
}

/**
 * The terms of what somebody typed; all of them must be found. Words of two letters and more are beginnings of words,
 * single characters stand for themselves. Empty when there is nothing to search for.
 */
export function queryTerms(query: string): QueryTerm[] {
  const terms = new Map<string, QueryTerm>();
  for (const run of runsOf(query)) {
    const characters = Array.from(run.text);
    const found = run.isCjk && characters.length > 1 ? bigramsOf(characters) : [run.text];
    for (const term of found) {
      const isPrefix = !run.isCjk && characters.length > 1;
      terms.set(term, { from: term, until: isPrefix ? term + AFTER_ALL : term });
    }
  }
  return [...terms.values()].slice(0, MAX_QUERY_TERMS);
}
