/** By which way a refund goes, as routes take it. */
import { z } from 'zod';
import { inputMessage } from '../../../kernel/http/index.ts';
import { REFUND_TARGETS } from './refund.ts';

/** For staff; back to the payer through its provider without either. */
export const refundWay = {
  /** A person pays it, because the provider no longer would. */
  byHand: z.boolean().default(false),
  /** `store_credit`: the customer has it in their wallet at once, and no money leaves. */
  to: z.enum(REFUND_TARGETS).default('payer'),
};

/** Whether at most one of them was asked for; with {@link ONE_WAY} for `refine`. */
export const isOneWay = ({ byHand, to }: { readonly byHand: boolean; readonly to: string }) =>
  !byHand || to === 'payer';

/** What is said where two were. */
export const ONE_WAY = {
  message: inputMessage('Paid by hand or store credit, not both.', '人工退款与店铺余额只能选择一种。'),
  path: ['to'],
};
