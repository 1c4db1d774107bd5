import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { consoleApi, type Query } from '../api.ts';
import type { Page } from '../types/page.ts';

const DEFAULT_LIMIT = 20;

export interface ListState<T> {
  readonly query: ReturnType<typeof useQuery<Page<T>>>;
  /** A filter of the address; empty when it is not set. */
  filter(name: string): string;
  /** Sets filters and begins at the first page again. */
  change(filters: Readonly<Record<string, string>>): void;
  turnTo(page: number, limit: number): void;
}

function numberOf(text: string | null, otherwise: number): number {
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 ? number : otherwise;
}

/**
 * One page of a list. Filters and page stand in the address, so that a link, a reload and the way back show the same.
 * `toQuery` makes the API's query of the filters.
 */
export function useList<T>(path: string, toQuery: (filter: (name: string) => string) => Query): ListState<T> {
  const [parameters, setParameters] = useSearchParams();
  const filter = (name: string) => parameters.get(name) ?? '';
  const limit = numberOf(parameters.get('limit'), DEFAULT_LIMIT);
  const request = { page: numberOf(parameters.get('page'), 1), limit, ...toQuery(filter) };
  const query = useQuery({
    queryKey: [path, request],
    queryFn: () => consoleApi.get<Page<T>>(path, request),
    placeholderData: keepPreviousData,
  });
  const put = (changes: Readonly<Record<string, string>>) =>
    setParameters((before) => {
      const next = new URLSearchParams(before);
      for (const [name, value] of Object.entries(changes)) {
        if (value === '') {
          next.delete(name);
        } else {
          next.set(name, value);
        }
      }
      return next;
    });
  return {
    query,
    filter,
    change: (filters) => put({ ...filters, page: '' }),
    turnTo: (page, size) =>
      put({ page: page === 1 ? '' : String(page), limit: size === DEFAULT_LIMIT ? '' : String(size) }),
  };
}
