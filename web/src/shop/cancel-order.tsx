import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shopApi } from '../api.ts';
import { textOf } from '../form-text.ts';
import { Field } from '../light/field.tsx';
import { Problem } from '../light/notices.tsx';
import { createSubmission } from '../submission.ts';
import type { Order } from '../types/orders.ts';

/** Customers cancel what is pending or confirmed; the page asks once more before it does. */
export function CancelOrder({ order }: { readonly order: Order }) {
  const { t } = useTranslation();
  const [isAsking, setIsAsking] = useState(false);
  const [submission] = useState(createSubmission);
  const queryClient = useQueryClient();
  const cancel = useMutation({
    mutationFn: (body: { readonly reason: string }) =>
      shopApi.send('POST', `/orders/${order.id}/cancel`, {
        body,
        idempotencyKey: submission.keyFor(body),
      }),
    onError: submission.failed,
    onSuccess: async () => {
      submission.done();
      setIsAsking(false);
      await queryClient.invalidateQueries();
    },
  });
  if (order.isClosing) {
    return <p className="quiet">{t('cancelling')}</p>;
  }
  if (!['pending', 'confirmed'].includes(order.status)) {
    return null;
  }
  if (!isAsking) {
    return (
      <button type="button" className="link danger" onClick={() => setIsAsking(true)}>
        {t('cancelOrder')}
      </button>
    );
  }
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    cancel.mutate({ reason: textOf(new FormData(event.currentTarget), 'reason') });
  };
  return (
    <form className="card" onSubmit={onSubmit}>
      <h2>{t('cancelOrder')}</h2>
      {order.paymentStatus !== 'unpaid' && <p>{t('refundNote')}</p>}
      <Field
        label={t('cancelReason')}
        name="reason"
        defaultValue={t('cancelReasonDefault')}
        required
        maxLength={200}
      />
      {cancel.isError && <Problem error={cancel.error} />}
      <div className="buttons">
        <button type="submit" className="button danger" disabled={cancel.isPending}>
          {t('confirmCancel')}
        </button>
        <button type="button" className="button secondary" onClick={() => setIsAsking(false)}>
          {t('keepOrder')}
        </button>
      </div>
    </form>
  );
}
