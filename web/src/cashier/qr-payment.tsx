import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

const SIZE = 240;

/** The drawing of a QR code as an address of data; the library is loaded when the first one is needed. */
async function drawCode(text: string): Promise<string> {
  const { toDataURL } = await import('qrcode');
  return toDataURL(text, { errorCorrectionLevel: 'M', margin: 2, width: SIZE * 2 });
}

interface Props {
  readonly code: string;
  /** The app that scans it. */
  readonly app: 'wechat' | 'alipay';
  readonly phoneUrl: string | undefined;
}

/** A code that the payer's app scans; in development it leads to the simulated phone as well. */
export function QrPayment({ code, app, phoneUrl }: Props) {
  const { t } = useTranslation();
  const drawing = useQuery({
    queryKey: ['qr-code', code],
    queryFn: () => drawCode(code),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const phone = new URLSearchParams({ code_url: code, redirect_url: location.href }).toString();
  return (
    <div className="qr">
      {drawing.data === undefined ? (
        <span className="qr-frame" />
      ) : (
        <img className="qr-frame" src={drawing.data} alt={t('qrCode')} width={SIZE} height={SIZE} />
      )}
      <p>{t(app === 'wechat' ? 'scanWithWechat' : 'scanWithAlipay')}</p>
      {phoneUrl !== undefined && (
        <a className="button secondary" href={`${phoneUrl}?${phone}`} target="_blank" rel="noopener">
          {t('openPhone')}
        </a>
      )}
    </div>
  );
}
