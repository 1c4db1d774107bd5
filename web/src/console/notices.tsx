import { Alert, Button, Flex, Spin } from 'antd';
import { useTranslation } from 'react-i18next';
import { createAnswered } from '../answered.tsx';
import { ApiError, isPassing } from '../api.ts';

export function Loading() {
  return (
    <Flex justify="center" className="loading">
      <Spin />
    </Flex>
  );
}

interface ProblemProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong, in the server's words; failures that may pass offer another try. */
export function Problem({ error, onRetry }: ProblemProps) {
  const { t } = useTranslation();
  const known = error instanceof ApiError ? error : undefined;
  return (
    <Alert
      type="error"
      showIcon
      title={error instanceof Error ? error.message : String(error)}
      description={
        known !== undefined && (
          <>
            {known.fields.map(({ field, message }) => (
              <div key={field + message}>
                <code>{field}</code> {message}
              </div>
            ))}
            {isPassing(known) && known.requestId !== undefined && t('requestId', { id: known.requestId })}
          </>
        )
      }
      action={
        onRetry !== undefined && (
          <Button size="small" onClick={onRetry}>
            {t('retry')}
          </Button>
        )
      }
    />
  );
}

/** The answer to a query, or what stands for it until it is there. */
export const Answered = createAnswered({ Loading, Problem });
