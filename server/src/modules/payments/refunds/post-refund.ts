/** The ledger's side of refunds; the postings are explained in the ledger's chart of accounts. */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { takeBasisPoints } from '../../../kernel/money.ts';
import {
  type Account,
  accruedFeesAccount,
  clearingAccount,
  customerSurplusAccount,
  feesAccount,
  payoutsAccount,
  refundsAccount,
  type Transfer,
} from '../../ledger/index.ts';
import { gatewayOf, type PaymentsDeps } from '../deps.ts';
import { purposeOf } from '../payment.ts';
import { findPayment } from '../payment-repository.ts';
import type { RefundRow } from '../tables.ts';

/** Where the shop has what it gives back. */
function sourceOf({ is_surplus: isSurplus, currency }: RefundRow): Account {
  return isSurplus === 1 ? customerSurplusAccount(currency) : refundsAccount(currency);
}

const causeOf = ({ id }: RefundRow) => `refund:${id}`;

function moneyBack(refund: RefundRow): Transfer {
  const { provider, merchant_account: merchantAccount, currency, amount } = refund;
  const to =
    refund.paid_from === 'payouts'
      ? payoutsAccount(currency)
      : clearingAccount(provider, merchantAccount, currency);
  return {
    cause: causeOf(refund),
    purpose: purposeOf(refund),
    entries: [
      { account: sourceOf(refund), amount },
      { account: to, amount: 0 - amount },
    ],
  };
}

/** Providers return their share with the money that they return, in proportion. */
function feeBack(deps: PaymentsDeps, refund: RefundRow): Transfer {
  const { provider, merchant_account: merchantAccount, currency } = refund;
  const isPaidByProvider = refund.paid_from === null;
  const fee = isPaidByProvider ? takeBasisPoints(refund.amount, gatewayOf(deps, refund).feeBasisPoints) : 0;
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
export async function postRefund(tx: Tx, deps: PaymentsDeps, refund: RefundRow, by: Actor): Promise<void> {
  if (refund.paid_from === 'store_credit') {
    await giveCredit(tx, deps, refund, by);
    return;
  }
  await deps.ledger.postTransfer(tx, moneyBack(refund));
  await deps.ledger.postTransfer(tx, feeBack(deps, refund));
}

/** No money leaves: the customer has it with the shop instead, by the one transfer of this refund. */
async function giveCredit(tx: Tx, deps: PaymentsDeps, refund: RefundRow, by: Actor): Promise<void> {
  const payment = await findPayment(tx, refund.payment_id);
  if (payment === undefined) {
    throw new Error(`payment ${refund.payment_id} has disappeared`);
  }
  await deps.creditCustomer(tx, {
    customerId: payment.customer_id,
    amount: { amount: refund.amount, currency: refund.currency },
    ...{ from: sourceOf(refund), cause: causeOf(refund), purpose: purposeOf(refund), by },
    note: refund.reason,
  });
}

/** Undoes the booking of a refund that its provider reversed, by transfers of its own. */
export async function postRefundReversal(tx: Tx, deps: PaymentsDeps, refund: RefundRow): Promise<void> {
  await deps.ledger.postTransfer(tx, reverse(moneyBack(refund), `refund_reversed:${refund.id}`));
  await deps.ledger.postTransfer(tx, reverse(feeBack(deps, refund), `refund_fee_reversed:${refund.id}`));
}
