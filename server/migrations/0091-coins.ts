/** Packages of coins, and the orders of them. */
import { integer, key, table, text } from '../src/kernel/db/index.ts';

const pods = table(
  'coin_pods',
  {
    id: key(32),
    version: integer(),
    status: key(16),
    name: key(100),
    description: text().nullable(),
    coins: integer(),
    gift_coins: integer(),
    gift_days: integer().nullable(),
    price: integer(),
    currency: key(8),
    position: integer(),
    claim_id: key().nullable(),
    created_by: key(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { coin_pods_claim_unique: ['claim_id'] },
    indexes: { coin_pods_position: ['position'], coin_pods_created: ['created_at'] },
    checks: {
      coin_pods_amounts: 'coins > 0 AND gift_coins >= 0 AND price > 0',
      coin_pods_gift_days: 'gift_days IS NULL OR gift_days > 0',
    },
  },
);

const orders = table(
  'coin_orders',
  {
    id: key(32),
    customer_id: key(),
    pod_id: key(32),
    subject: key(190),
    body: text(),
    unit_price: integer(),
    quantity: integer(),
    amount: integer(),
    currency: key(8),
    coins: integer(),
    gift_coins: integer(),
    gift_days: integer().nullable(),
    out_trade_no: key(32).nullable(),
    paid_at: integer().nullable(),
    credited_at: integer().nullable(),
    returned_coins: integer(),
    returned_gift_coins: integer(),
    returns: integer(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    indexes: {
      coin_orders_customer: ['customer_id', 'created_at'],
      coin_orders_pod: ['pod_id', 'created_at'],
      coin_orders_created: ['created_at'],
    },
    checks: {
      coin_orders_amount: 'quantity > 0 AND amount = unit_price * quantity',
      coin_orders_coins: 'coins > 0 AND gift_coins >= 0',
      coin_orders_returned: 'returned_coins >= 0 AND returned_coins <= coins',
      coin_orders_gift_returned: 'returned_gift_coins >= 0 AND returned_gift_coins <= gift_coins',
      coin_orders_returned_once_credited: 'credited_at IS NOT NULL OR returned_coins = 0',
      coin_orders_paid: '(paid_at IS NULL) = (credited_at IS NULL)',
    },
  },
);

export const steps = [...pods, ...orders];
