/** The ledger's side of refunds; the postings are explained in the ledger's chart of accounts. */
import type { Tx } from '../../kernel/db/index.ts';
import { takeBasisPoints } from '../../kernel/money.ts';
import {
  accruedFeesAccount,
  clearingAccount,
  customerSurplusAccount,
  feesAccount,
  refundsAccount,
  type Transfer,
} from '../ledger/index.ts';
import { gatewayOf, type PaymentsDeps } from './deps.ts';
import { purposeOf } from './payment.ts';
import type { RefundRow } from './tables.ts';

function moneyBack(refund: RefundRow): Transfer {
  const { provider, merchant_account: merchantAccount, currency, amount } = refund;
  const from = refund.is_surplus === 1 ? customerSurplusAccount(currency) : refundsAccount(currency);
  return {
    cause: `refund:${refund.id}`,
    purpose: purposeOf(refund),
    entries: [
      { account: from, amount },
      { account: clearingAccount(provider, merchantAccount, currency), amount: 0 - amount },
    ],
  };
}

/** Providers return their share with the money, in proportion. */
function feeBack(deps: PaymentsDeps, refund: RefundRow): Transfer {
  const { provider, merchant_account: merchantAccount, currency } = refund;
  const fee = takeBasisPoints(refund.amount, gatewayOf(deps, refund).feeBasisPoints);
  return {
    cause: `refund_fee:${refund.id}`,
    purpose: purposeOf(refund),
    entries: [
      { account: accruedFeesAccount(provider, merchantAccount, currency), amount: fee },
      { account: feesAccount(provider, currency), amount: 0 - fee },
    ],
  };
}

function reverse(transfer: Transfer, cause: string): Transfer {
  const entries = transfer.entries.map(({ account, amount }) => ({ account, amount: 0 - amount }));
  return { ...transfer, cause, entries };
}

/** Books a refund that succeeded. */
export async function postRefund(tx: Tx, deps: PaymentsDeps, refund: RefundRow): Promise<void> {
  await deps.ledger.postTransfer(tx, moneyBack(refund));
  await deps.ledger.postTransfer(tx, feeBack(deps, refund));
}

/** Undoes the booking of a refund that its provider reversed, by transfers of its own. */
export async function postRefundReversal(tx: Tx, deps: PaymentsDeps, refund: RefundRow): Promise<void> {
  await deps.ledger.postTransfer(tx, reverse(moneyBack(refund), `refund_reversed:${refund.id}`));
  await deps.ledger.postTransfer(tx, reverse(feeBack(deps, refund), `refund_fee_reversed:${refund.id}`));
}
