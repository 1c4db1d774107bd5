/** Inventory: what is on the shelf, what is promised to whom, and who moved it. It knows no products and no orders. */
import './tables.ts';

export { insufficientStock, stockNotOnHand, unknownStockItem } from './errors.ts';
export { stockChanged } from './events.ts';
export { readStock, readStockOf } from './read-stock.ts';
export { createStock, type NewStock, type StockChange, setStock } from './set-stock.ts';
export type { Stock, StockLine } from './stock.ts';
