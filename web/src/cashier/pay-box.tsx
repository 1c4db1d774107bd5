import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shopApi } from '../api.ts';
import { wordFor } from '../language.ts';
import { Problem } from '../light/notices.tsx';
import { createSubmission } from '../submission.ts';
import type { Order, StartedPayment } from '../types/orders.ts';
import { NativePayment } from './native-payment.tsx';
import { isInWechat, WechatPayment } from './wechat-payment.tsx';

interface Props {
  readonly order: Order;
  readonly phoneUrl: string | undefined;
}

/** In WeChat's own browser its payment sheet comes first, elsewhere the QR code. */
function preferred(order: Order): string | undefined {
  const methods = order.paymentMethods.map(({ method }) => method);
  const first = isInWechat() ? 'wechat_jsapi' : 'wechat_native';
  return methods.includes(first) ? first : methods[0];
}

function Methods({
  order,
  chosen,
  onChoose,
}: Pick<Props, 'order'> & { readonly chosen: string | undefined; readonly onChoose: (method: string) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className="methods">
      <legend>{t('chooseMethod')}</legend>
      {order.paymentMethods.map(({ method }) => (
        <label key={method} className="radio">
          <input
            type="radio"
            name="method"
            value={method}
            checked={method === chosen}
            onChange={() => onChoose(method)}
          />
          <span>{wordFor('method', method)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** What the buyer does next, by the parameters that the provider gave. */
function Started({ payment, phoneUrl }: { readonly payment: StartedPayment; readonly phoneUrl: Props['phoneUrl'] }) {
  const { t } = useTranslation();
  const codeUrl = payment.parameters.codeUrl;
  return (
    <>
      {codeUrl === undefined ? (
        <WechatPayment parameters={payment.parameters} phoneUrl={phoneUrl} />
      ) : (
        <NativePayment codeUrl={codeUrl} phoneUrl={phoneUrl} />
      )}
      <p className="waiting" role="status">
        <span className="spinner" aria-hidden="true" />
        {t('waiting')}
      </p>
    </>
  );
}

/** Choice of a way to pay, and the payment once it has begun. */
export function PayBox({ order, phoneUrl }: Props) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(() => preferred(order));
  const [submission] = useState(createSubmission);
  const pay = useMutation({
    mutationFn: (body: { readonly method: string }) =>
      shopApi.send<StartedPayment>('POST', `/orders/${order.id}/payments`, {
        body,
        idempotencyKey: submission.keyFor(body),
      }),
    onSuccess: submission.done,
    onError: submission.failed,
  });
  if (pay.data !== undefined) {
    return (
      <>
        <Started payment={pay.data} phoneUrl={phoneUrl} />
        {order.paymentMethods.length > 1 && (
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
  return (
    <>
      <Methods order={order} chosen={chosen} onChoose={setChosen} />
      {pay.isError && <Problem error={pay.error} />}
      <button
        type="button"
        className="button wide"
        disabled={pay.isPending}
        onClick={() => pay.mutate({ method: chosen })}
      >
        {t('payWith')}
      </button>
    </>
  );
}
