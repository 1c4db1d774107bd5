import { useQuery } from '@tanstack/react-query';
import { shopApi } from '../api.ts';
import type { TopupOperator } from '../types/topups.ts';

/** The operators whose numbers can be topped up; none while that is not known. */
export function useOperators(): readonly TopupOperator[] {
  const operators = useQuery({
    queryKey: ['topup-operators'],
    queryFn: () => shopApi.get<readonly TopupOperator[]>('/topup/operators'),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return operators.data ?? [];
}
