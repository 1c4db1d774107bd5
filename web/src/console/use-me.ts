import { useQuery } from '@tanstack/react-query';
import { consoleApi } from '../api.ts';
import type { Me } from '../types/operations.ts';

/** Who is logged in, and what they may do. */
export function useMe() {
  return useQuery({
    queryKey: ['me'],
    queryFn: () => consoleApi.get<Me>('/users/me'),
    staleTime: 60_000,
  });
}

/** Whether the member of staff holds a permission. The server decides; the page only leaves out what would be refused. */
export function useMay(): (permission: string) => boolean {
  const permissions = useMe().data?.permissions ?? [];
  return (permission) => permissions.includes('*') || permissions.includes(permission);
}
