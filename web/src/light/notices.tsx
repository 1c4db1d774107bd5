import { useTranslation } from 'react-i18next';
import { createAnswered } from '../answered.tsx';
import { ApiError, isPassing } from '../api.ts';

/** What the server refuses for good: asking again says the same. */
const isFinal = (error: unknown) => error instanceof ApiError && [400, 404, 422].includes(error.status);

/** What went wrong, in the server's words, with each field that it names. */
export function Problem({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { t } = useTranslation();
  const fields = error instanceof ApiError ? error.fields : [];
  const requestId = isPassing(error) && error instanceof ApiError ? error.requestId : undefined;
  return (
    <div className="problem" role="alert">
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {fields.length > 0 && (
        <ul>
          {fields.map(({ field, message }) => (
            <li key={field + message}>
              <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {requestId !== undefined && <p className="quiet">{t('requestId', { id: requestId })}</p>}
      {onRetry !== undefined && !isFinal(error) && (
        <button type="button" className="button secondary" onClick={onRetry}>
          {t('retry')}
        </button>
      )}
    </div>
  );
}

export function Loading() {
  const { t } = useTranslation();
  return (
    <div className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      {t('loading')}
    </div>
  );
}

/** The answer to a query, or what stands for it until it is there. */
export const Answered = createAnswered({ Loading, Problem });
