import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shopApi } from '../api.ts';
import { textOf } from '../form-text.ts';
import { wordFor } from '../language.ts';
import { Field } from '../light/field.tsx';
import { Problem } from '../light/notices.tsx';
import { formatMoney } from '../money.ts';
import { createSubmission } from '../submission.ts';
import type { Order, RefundRequest } from '../types/orders.ts';

interface Wish {
  readonly path: string;
  readonly body: unknown;
}

function useWish(onDone: () => void) {
  const [submission] = useState(createSubmission);
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish) =>
      shopApi.send('POST', wish.path, { body: wish.body, idempotencyKey: submission.keyFor(wish) }),
    onError: submission.failed,
    onSuccess: async () => {
      submission.done();
      onDone();
      await queryClient.invalidateQueries();
    },
  });
}

function Asked({ request }: { readonly request: RefundRequest }) {
  const { t, i18n } = useTranslation();
  const withdraw = useWish(() => undefined);
  const path = `/orders/${request.orderId}/refunds/${request.id}/withdraw`;
  return (
    <>
      <p className="sum">
        <span>{wordFor('refundRequest', request.status)}</span>
        <strong>
          {formatMoney(request.approvedAmount ?? request.amount, request.currency, i18n.language)}
        </strong>
      </p>
      {request.decisionReason !== null && <p className="quiet">{request.decisionReason}</p>}
      {request.status === 'requested' && (
        <button
          type="button"
          className="link danger"
          disabled={withdraw.isPending}
          onClick={() => withdraw.mutate({ path, body: {} })}
        >
          {t('withdrawRefund')}
        </button>
      )}
      {withdraw.isError && <Problem error={withdraw.error} />}
    </>
  );
}

/** How many units of each line there still are to be refunded. */
function leftOf(order: Order): { position: number; name: string; left: number }[] {
  const refunded = new Map(order.refundedItems.map((item) => [item.position, item.refundedQuantity]));
  return order.items
    .map(({ position, name, quantity }) => ({
      position,
      name,
      left: quantity - (refunded.get(position) ?? 0),
    }))
    .filter(({ left }) => left > 0);
}

function RefundForm({ order, onClose }: { readonly order: Order; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const wish = useWish(onClose);
  const lines = leftOf(order);
  const isOut = order.fulfilmentStatus === 'fulfilled';
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const chosen = lines
      .map(({ position }) => ({ position, quantity: Number(textOf(form, `line-${position}`)) }))
      .filter(({ quantity }) => quantity > 0);
    const isAll =
      chosen.length === lines.length && chosen.every((item, n) => item.quantity === lines[n]?.left);
    wish.mutate({
      path: `/orders/${order.id}/refunds`,
      body: {
        reason: textOf(form, 'reason'),
        ...(chosen.length > 0 && !isAll && { items: chosen }),
        ...(form.get('isReturn') !== null && { isReturn: true }),
      },
    });
  };
  return (
    <form className="card" onSubmit={onSubmit}>
      <h2>{t('askRefund')}</h2>
      <p className="quiet">{t('askRefundHint')}</p>
      {lines.map(({ position, name, left }) => (
        <Field
          key={position}
          label={name}
          name={`line-${position}`}
          type="number"
          min={0}
          max={left}
          defaultValue={left}
          required
        />
      ))}
      {isOut && (
        <label className="check">
          <input type="checkbox" name="isReturn" /> {t('sendBack')}
        </label>
      )}
      <Field label={t('refundReason')} name="reason" required maxLength={80} />
      {wish.isError && <Problem error={wish.error} />}
      <div className="buttons">
        <button type="submit" className="button" disabled={wish.isPending}>
          {t('sendRequest')}
        </button>
        <button type="button" className="button secondary" onClick={onClose}>
          {t('keepOrder')}
        </button>
      </div>
    </form>
  );
}

/** What the customer has asked for, and the way to ask: one request at a time. */
export function RequestRefund({ order }: { readonly order: Order }) {
  const { t } = useTranslation();
  const [isAsking, setIsAsking] = useState(false);
  const own = order.refundRequests.filter(({ origin }) => origin === 'customer');
  const isWaiting = own.some(({ status }) => status === 'requested');
  const mayAsk = order.refundable > 0 && !isWaiting && !isAsking;
  return (
    <>
      {own.length > 0 && (
        <section className="card">
          <h2>{t('refundRequests')}</h2>
          {own.map((request) => (
            <Asked key={request.id} request={request} />
          ))}
        </section>
      )}
      {isAsking && <RefundForm order={order} onClose={() => setIsAsking(false)} />}
      {mayAsk && (
        <button type="button" className="link" onClick={() => setIsAsking(true)}>
          {t('askRefund')}
        </button>
      )}
    </>
  );
}
