import { QueryClient } from '@tanstack/react-query';
import { isPassing } from './api.ts';

const RETRIES = 2;

/** One cache for each page set: a refusal is shown at once, a failure that may pass is tried again twice. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: (count, error) => count < RETRIES && isPassing(error), staleTime: 2_000 },
      mutations: { retry: false },
    },
  });
}
