/**
 * The only place that makes Unitel deliver. Invariant: one call is at most one request on the wire (RULES 13).
 *
 * Crash story: whoever calls has committed that it is about to send. A process that dies after the first byte leaves a
 * delivery that nobody here knows the outcome of; it is never repeated.
 */
import { z } from 'zod';
import type { DeliveryReceipt, DeliveryRequest, DeliveryResult, Operator } from '../operator.ts';
import { MALFORMED_ANSWER } from './answers.ts';
import { unitelCapabilities } from './capabilities.ts';
import type { ClientAnswer, UnitelClient, UnitelDelivery } from './client.ts';
import type { UnitelSettings } from './config.ts';
import { writeAmount } from './money.ts';

const MAX_DESCRIPTION_LENGTH = 100;
const MAX_NUMBER_LENGTH = 64;

const numberOrText = z
  .union([z.string(), z.number()])
  .transform((value) => String(value).slice(0, MAX_NUMBER_LENGTH));

/** A success without a number of its own is not a receipt; the service's number and the tax bill may be missing. */
const receiptSchema = z.object({
  seq: numberOrText,
  sv_id: numberOrText.nullish(),
  vat: z.record(z.string(), z.unknown()).nullish().catch(null),
});

function toReceipt(body: object): DeliveryReceipt | undefined {
  const { data } = receiptSchema.safeParse(body);
  return (
    data && {
      sequence: data.seq,
      serviceId: data.sv_id ?? null,
      vatBill: data.vat ? JSON.stringify(data.vat) : null,
    }
  );
}

function toResult(answer: ClientAnswer): DeliveryResult {
  switch (answer.kind) {
    case 'success': {
      const receipt = toReceipt(answer.body);
      return receipt ? { outcome: 'delivered', receipt } : { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    case 'refused':
      return { outcome: 'refused', reason: answer.reason };
    case 'not_sent':
      return { outcome: 'not_sent', reason: answer.reason };
    case 'unauthorised':
      return {
        outcome: unitelCapabilities.isUnauthorisedUnprocessed ? 'refused' : 'unknown',
        reason: answer.reason,
      };
    case 'unclear':
    case 'unknown':
      return { outcome: 'unknown', reason: answer.reason };
  }
}

type Target = Pick<UnitelDelivery, 'operation' | 'path'> & { readonly fields: object };

/** Where each type is sent, and the fields that are its own. */
function targetOf({ type, code, amount, description }: DeliveryRequest): Target {
  switch (type) {
    case 'recharge':
      return { operation: 'recharge', path: '/service/recharge', fields: { card: code } };
    case 'data':
      return { operation: 'datapackage', path: '/service/datapackage', fields: { package: code } };
    case 'bill':
      return {
        operation: 'payment',
        path: '/service/payment',
        fields: { amount: writeAmount(amount), remark: description.slice(0, MAX_DESCRIPTION_LENGTH) },
      };
  }
}

export function createDeliver(client: UnitelClient, settings: UnitelSettings): Operator['deliver'] {
  return async (request, permit, startWithinMs) => {
    const { reference, msisdn, amount, description, vatRegisterNumber } = request;
    const { operation, path, fields } = targetOf(request);
    const transaction = {
      journal_id: reference,
      amount: writeAmount(amount),
      description: description.slice(0, MAX_DESCRIPTION_LENGTH),
      account: settings.account,
    };
    const answer = await client.send({
      ...{ operation, path, permit, startWithinMs },
      subject: reference,
      body: {
        msisdn,
        ...fields,
        vatflag: settings.hasVatBill ? '1' : '0',
        vat_register_no: (settings.hasVatBill && vatRegisterNumber) || '',
        transactions: [transaction],
      },
    });
    return toResult(answer);
  };
}
