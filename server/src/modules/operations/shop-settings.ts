import { z } from 'zod';
import type { Router } from '../../kernel/http/index.ts';

const settingsView = z.object({
  currency: z.string(),
  payExpireMs: z.int(),
  methods: z.array(z.string()),
  simulators: z.object({ phoneUrl: z.string() }).nullable(),
});

/** What the public pages need to know before anybody has logged in; holds nothing secret. */
export type ShopSettings = z.infer<typeof settingsView>;

/** `GET /shop/settings` */
export function registerShopSettings(router: Router, settings: ShopSettings): void {
  router.route(
    {
      method: 'GET',
      url: '/shop/settings',
      summary: 'Currency, time to pay, ways to pay',
      tag: 'Shop',
      access: 'public',
      data: settingsView,
    },
    async () => settings,
  );
}
