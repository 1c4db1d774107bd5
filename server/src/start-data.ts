/** What a shop begins with outside production: its administrator, and products to look at. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { systemActor } from './kernel/actor.ts';
import type { Config } from './kernel/config/index.ts';
import { importProducts } from './modules/catalog/index.ts';
import type { Identity } from './modules/identity/index.ts';
import { setStock } from './modules/inventory/index.ts';
import type { Kernel } from './open-kernel.ts';

const FOLDER = new URL('../start-data/', import.meta.url);
const ON_HAND = 25;
const by = systemActor('start-data');

/** Creates the administrator unless there is one. In production only where a password is configured. */
export async function ensureAdministrator(identity: Identity, config: Config): Promise<void> {
  if (config.secrets.adminPassword !== null) {
    await identity.ensureAdministrator(config.secrets.adminPassword);
  }
}

/**
 * Imports the product files of `start-data` into an empty shop and counts every variant's stock, so that sales move it
 * (in the files themselves nearly everything is untracked). Does nothing once there is a product.
 */
export async function fillEmptyShop({ db, log }: Kernel, config: Config): Promise<void> {
  const first = await db.query.selectFrom('products').select('id').limit(1).executeTakeFirst();
  if (!config.shop.hasDemoData || first !== undefined) {
    return;
  }
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.csv')).sort();
  for (const file of files) {
    const { totals } = await importProducts(db, () => createReadStream(new URL(file, FOLDER)), {
      currency: config.shop.currency,
      by,
      onLine: () => undefined,
    });
    log.info({ file, totals }, 'start data imported');
  }
  const items = await db.query.selectFrom('stock_items').select('variant_id').orderBy('variant_id').execute();
  await db.tx('start_data.stock', async (tx) => {
    for (const { variant_id: variantId } of items) {
      await setStock(tx, { variantId, isTracked: true, onHand: ON_HAND, reason: 'start data', by });
    }
  });
}
