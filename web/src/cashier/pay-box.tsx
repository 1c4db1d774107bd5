import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, shopApi } from '../api.ts';
import { Methods } from '../light/methods.tsx';
import { Problem } from '../light/notices.tsx';
import { methodsFor, readDevice } from '../light/pay-methods.ts';
import { pageOf } from '../light/provider-page.ts';
import { createSubmission } from '../submission.ts';
import type { Order, StartedPayment } from '../types/orders.ts';
import { hasFailedTry, isShownAgain, liveAttempt } from './attempts.ts';
import { Started } from './started.tsx';

interface Props {
  readonly order: Order;
  readonly phoneUrl: string | undefined;
}

interface Wish {
  readonly method: string;
  /** Asked for by a press of the button; what is only shown again takes nobody away. */
  readonly isPressed: boolean;
}

function usePay(order: Order) {
  const [submission] = useState(createSubmission);
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ method, isPressed }: Wish) => {
      const body = { method };
      const started = await shopApi.send<StartedPayment>('POST', `/orders/${order.id}/payments`, {
        body,
        idempotencyKey: submission.keyFor(body),
      });
      const page = pageOf(started.parameters);
      if (isPressed && page !== undefined) {
        location.assign(page);
      }
      return started;
    },
    onSuccess: submission.done,
    onError: submission.failed,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['order', order.id] }),
  });
}

/** Shows the code or the account of an attempt that was begun before the page was opened, once. */
function useShownAgain(order: Order, methods: readonly string[], show: (method: string) => void): void {
  const isDone = useRef(false);
  const method = liveAttempt(order)?.method;
  useEffect(() => {
    if (!isDone.current && method !== undefined && methods.includes(method) && isShownAgain(method)) {
      show(method);
    }
    isDone.current = true;
  }, [method, methods, show]);
}

function buttonText(chosen: string): string {
  return chosen === 'cash_on_delivery' ? 'orderByCash' : 'payWith';
}

/** Choice of a way to pay, and the payment once it has begun. */
export function PayBox({ order, phoneUrl }: Props) {
  const { t } = useTranslation();
  const methods = methodsFor(
    order.paymentMethods.map(({ method }) => method),
    readDevice(navigator.userAgent, phoneUrl !== undefined),
  );
  const [picked, setPicked] = useState<string>();
  const known = picked ?? liveAttempt(order)?.method;
  const chosen = known !== undefined && methods.includes(known) ? known : methods[0];
  const pay = usePay(order);
  useShownAgain(order, methods, (method) => pay.mutate({ method, isPressed: false }));
  const started = pay.data;
  const isOver = order.payments.some(
    ({ id, status }) => id === started?.paymentId && ['failed', 'closed'].includes(status),
  );
  if (started !== undefined && started.status !== 'requires_review' && !isOver) {
    return (
      <>
        <Started payment={started} phoneUrl={phoneUrl} />
        {methods.length > 1 && (
          <button type="button" className="link" onClick={pay.reset}>
            {t('otherMethod')}
          </button>
        )}
      </>
    );
  }
  if (chosen === undefined) {
    return <p className="wrong">{t('noMethods')}</p>;
  }
  const isDeclined = pay.error instanceof ApiError && pay.error.code === 'payment_declined';
  return (
    <>
      {hasFailedTry(order) && !pay.isError && (
        <p className="note" role="status">
          {t('lastTryFailed')}
        </p>
      )}
      <Methods methods={methods} chosen={chosen} onChoose={setPicked} />
      {pay.isError && <Problem error={pay.error} />}
      <button
        type="button"
        className="button wide"
        disabled={pay.isPending}
        onClick={() => pay.mutate({ method: chosen, isPressed: true })}
      >
        {t(isDeclined ? 'tryAgain' : buttonText(chosen))}
      </button>
    </>
  );
}
