import { useQuery } from '@tanstack/react-query';
import { shopApi } from '../api.ts';
import type { ShopSettings } from '../types/orders.ts';

/** What the shop sells in and how it is paid; read once. */
export function useSettings() {
  return useQuery({
    queryKey: ['settings'],
    queryFn: () => shopApi.get<ShopSettings>('/shop/settings'),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
