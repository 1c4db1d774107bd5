import { useTranslation } from 'react-i18next';
import { pageOf } from '../light/provider-page.ts';
import type { StartedPayment } from '../types/orders.ts';
import { BankInstructions } from './bank-instructions.tsx';
import { QrPayment } from './qr-payment.tsx';
import { RedirectPayment } from './redirect-payment.tsx';
import { WechatPayment } from './wechat-payment.tsx';

interface Props {
  readonly payment: StartedPayment;
  readonly phoneUrl: string | undefined;
}

function NextStep({ payment, phoneUrl }: Props) {
  const { t } = useTranslation();
  const { parameters, method } = payment;
  const url = pageOf(parameters);
  if (method === 'bank_transfer') {
    return <BankInstructions payment={payment} phoneUrl={phoneUrl} />;
  }
  if (parameters.codeUrl !== undefined) {
    return <QrPayment code={parameters.codeUrl} app="wechat" phoneUrl={phoneUrl} />;
  }
  if (parameters.qrCode !== undefined) {
    return <QrPayment code={parameters.qrCode} app="alipay" phoneUrl={phoneUrl} />;
  }
  if (url !== undefined) {
    return <RedirectPayment url={url} />;
  }
  if (method === 'wechat_jsapi') {
    return <WechatPayment parameters={parameters} phoneUrl={phoneUrl} />;
  }
  // What is left needs a form of the shop's own (Stripe's card element), or nothing more at all (cash).
  return parameters.clientSecret === undefined ? null : <p>{t('cardElsewhere')}</p>;
}

/** What the payer does next, by the parameters that the provider gave. */
export function Started({ payment, phoneUrl }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <NextStep payment={payment} phoneUrl={phoneUrl} />
      <p className="waiting" role="status">
        <span className="spinner" aria-hidden="true" />
        {t(payment.method === 'bank_transfer' ? 'waitingForTransfer' : 'waiting')}
      </p>
    </>
  );
}
