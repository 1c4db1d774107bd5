import { useQuery } from '@tanstack/react-query';
import { consoleApi } from '../api.ts';
import type { ShopSettings } from '../types/orders.ts';

/** What the shop sells in; read once. */
export function useSettings() {
  return useQuery({
    queryKey: ['settings'],
    queryFn: () => consoleApi.get<ShopSettings>('/shop/settings'),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
