import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../api.ts';
import { createSubmission } from '../submission.ts';

export interface Act {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

export interface ActOptions<T> {
  readonly onDone?: ((answer: T) => void) | undefined;
  /** What the page says afterwards, where more can be said than that it is done. */
  readonly doneText?: ((answer: T) => string) | undefined;
}

/** Changes something on the server. Afterwards every list and page is read again, because much hangs together. */
export function useAct<T = unknown>(options: ActOptions<T> = {}) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [submission] = useState(createSubmission);
  return useMutation({
    mutationFn: (act: Act) =>
      consoleApi.send<T>(act.method, act.path, {
        ...(act.body !== undefined && { body: act.body }),
        ...(act.method === 'POST' && { idempotencyKey: submission.keyFor(act) }),
      }),
    async onSuccess(answer) {
      submission.done();
      options.onDone?.(answer);
      void message.success(options.doneText?.(answer) ?? t('done'));
      await queryClient.invalidateQueries();
    },
    onError(error) {
      submission.failed(error);
      void message.error(error.message);
    },
  });
}
