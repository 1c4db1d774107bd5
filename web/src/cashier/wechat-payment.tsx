import { useTranslation } from 'react-i18next';

type Parameters = Readonly<Record<string, string>>;

/** What WeChat's own browser offers to the pages in it. */
interface WechatBridge {
  invoke(name: 'getBrandWCPayRequest', parameters: Parameters, onDone: () => void): void;
}

declare global {
  interface Window {
    WeixinJSBridge?: WechatBridge;
  }
}

function isInWechat(): boolean {
  return /\bMicroMessenger\//i.test(navigator.userAgent);
}

/** The bridge is put into the page some time after it has loaded. */
function withBridge(use: (bridge: WechatBridge) => void): void {
  if (window.WeixinJSBridge !== undefined) {
    use(window.WeixinJSBridge);
    return;
  }
  document.addEventListener(
    'WeixinJSBridgeReady',
    () => {
      if (window.WeixinJSBridge !== undefined) {
        use(window.WeixinJSBridge);
      }
    },
    { once: true },
  );
}

const SIGNED = ['appId', 'timeStamp', 'nonceStr', 'package', 'signType', 'paySign'];

/** Opens WeChat's payment sheet. What it says afterwards proves nothing, so the page goes on asking the server. */
function openSheet(parameters: Parameters): void {
  const signed = Object.fromEntries(SIGNED.map((name) => [name, parameters[name] ?? '']));
  withBridge((bridge) => bridge.invoke('getBrandWCPayRequest', signed, () => undefined));
}

/** A payment inside WeChat; in development the simulated phone stands for it. */
export function WechatPayment({
  parameters,
  phoneUrl,
}: {
  readonly parameters: Parameters;
  readonly phoneUrl: string | undefined;
}) {
  const { t } = useTranslation();
  if (phoneUrl !== undefined) {
    const prepayId = (parameters.package ?? '').replace(/^prepay_id=/, '');
    const phone = new URLSearchParams({ prepay_id: prepayId, redirect_url: location.href }).toString();
    return (
      <p>
        <a className="button wide" href={`${phoneUrl}?${phone}`} target="_blank" rel="noopener">
          {t('openPhone')}
        </a>
      </p>
    );
  }
  return isInWechat() ? (
    <button type="button" className="button wide" onClick={() => openSheet(parameters)}>
      {t('payInWechat')}
    </button>
  ) : (
    <p>{t('openInWechat')}</p>
  );
}
