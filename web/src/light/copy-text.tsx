import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

const SHOWN_MS = 2_000;

/** Also where a page that was tried out over plain http has no clipboard of its own. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** A value that the payer takes along, with a button that copies it. */
export function CopyText({
  label,
  text,
  shown = text,
}: {
  readonly label: string;
  readonly text: string;
  readonly shown?: string;
}) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<'copied' | 'copyByHand'>();
  useEffect(() => {
    if (outcome === undefined) {
      return undefined;
    }
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const onCopy = async () => setOutcome((await copy(text)) ? 'copied' : 'copyByHand');
  return (
    <div className="copy-row">
      <dt>{label}</dt>
      <dd>
        <span className="copy-text">{shown}</span>
        <button
          type="button"
          className="link"
          aria-label={t('copyWhat', { what: label })}
          onClick={() => void onCopy()}
        >
          {t(outcome ?? 'copy')}
        </button>
      </dd>
    </div>
  );
}
