import { defineEvent } from '../../kernel/events/index.ts';
import type { Stock } from './stock.ts';

/** A person or an import has set the stock, or goods came back. Reservations and shipments are told by their orders. */
export const stockChanged = defineEvent<{ readonly stock: Stock; readonly reason: string }>({
  name: 'stock.changed',
  version: 1,
});
