import type { UseQueryResult } from '@tanstack/react-query';
import type { ComponentType, ReactNode } from 'react';

interface Props<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}

interface Notices {
  readonly Loading: ComponentType;
  readonly Problem: ComponentType<{ readonly error: unknown; readonly onRetry?: () => void }>;
}

/** Makes {@link Answered} of a page set: with its own ways to say that it waits and that something went wrong. */
export function createAnswered({ Loading, Problem }: Notices) {
  /** What the server has answered; until then that it is awaited, or what went wrong. What was there before stays. */
  return function Answered<T>({ query, children }: Props<T>) {
    const retry = () => {
      void query.refetch();
    };
    return (
      <>
        {query.isPending && query.fetchStatus !== 'idle' && <Loading />}
        {query.isError && <Problem error={query.error} onRetry={retry} />}
        {query.data !== undefined && children(query.data)}
      </>
    );
  };
}
