import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

const SIZE = 240;

/** The drawing of a QR code as an address of data; the library is loaded when the first one is needed. */
async function drawCode(text: string): Promise<string> {
  const { toDataURL } = await import('qrcode');
  return toDataURL(text, { errorCorrectionLevel: 'M', margin: 2, width: SIZE * 2 });
}

/** A code that WeChat scans; in development it leads to the simulated phone as well. */
export function NativePayment({
  codeUrl,
  phoneUrl,
}: {
  readonly codeUrl: string;
  readonly phoneUrl: string | undefined;
}) {
  const { t } = useTranslation();
  const code = useQuery({
    queryKey: ['qr-code', codeUrl],
    queryFn: () => drawCode(codeUrl),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const phone = new URLSearchParams({ code_url: codeUrl, redirect_url: location.href }).toString();
  return (
    <div className="qr">
      {code.data === undefined ? (
        <span className="qr-frame" />
      ) : (
        <img className="qr-frame" src={code.data} alt={t('qrCode')} width={SIZE} height={SIZE} />
      )}
      <p>{t('scanWithWechat')}</p>
      {phoneUrl !== undefined && (
        <a className="button secondary" href={`${phoneUrl}?${phone}`} target="_blank" rel="noopener">
          {t('openPhone')}
        </a>
      )}
    </div>
  );
}
