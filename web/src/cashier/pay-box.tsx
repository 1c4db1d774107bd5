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

/** Ways that need an account of the payer are offered where that account is: in WeChat, or on the simulated phone. */
function offeredMethods({ order, phoneUrl }: Props): string[] {
  const hasAccount = isInWechat() || phoneUrl !== undefined;
  return order.paymentMethods
    .filter(({ needsOpenid }) => hasAccount || !needsOpenid)
    .map(({ method }) => method);
}

/** In WeChat's own browser its payment sheet comes first, elsewhere the QR code. */
function preferred(methods: readonly string[]): string | undefined {
  const first = isInWechat() ? 'wechat_jsapi' : 'wechat_native';
  return methods.includes(first) ? first : methods[0];
}

interface MethodsProps {
  readonly methods: readonly string[];
  readonly chosen: string;
  readonly onChoose: (method: string) => void;
}

function Methods({ methods, chosen, onChoose }: MethodsProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="methods">
      <legend>{t('chooseMethod')}</legend>
      {methods.map((method) => (
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
function Started({
  payment,
  phoneUrl,
}: {
  readonly payment: StartedPayment;
  readonly phoneUrl: Props['phoneUrl'];
}) {
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
  const methods = offeredMethods({ order, phoneUrl });
  const [picked, setPicked] = useState<string>();
  const chosen = picked ?? preferred(methods);
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
  return (
    <>
      <Methods methods={methods} chosen={chosen} onChoose={setPicked} />
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
