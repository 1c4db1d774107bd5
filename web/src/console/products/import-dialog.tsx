import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Flex, Modal, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import type { ImportReport } from '../../types/catalog.ts';
import { Problem } from '../notices.tsx';
import { ImportReportView } from './import-report.tsx';

/** Takes a product CSV and shows what became of each line. Importing the same file again is harmless. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [file, setFile] = useState<File>();
  const [isDryRun, setIsDryRun] = useState(false);
  const run = useMutation({
    mutationFn: (chosen: File) =>
      consoleApi.send<ImportReport>('POST', '/products/import', {
        // Some systems know CSV by another type; to the server it is always this one.
        file: new Blob([chosen], { type: 'text/csv' }),
        query: { dryRun: isDryRun },
      }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  const start = () => {
    if (file !== undefined) {
      run.mutate(file);
    }
  };
  const again = () => {
    run.reset();
    setFile(undefined);
  };
  const footer =
    run.data === undefined
      ? [
          <Button key="cancel" onClick={onClose}>
            {t('cancel')}
          </Button>,
          <Button
            key="import"
            type="primary"
            disabled={file === undefined}
            loading={run.isPending}
            onClick={start}
          >
            {t('importNow')}
          </Button>,
        ]
      : [
          <Button key="again" onClick={again}>
            {t('importAnother')}
          </Button>,
          <Button key="done" type="primary" onClick={onClose}>
            {t('confirm')}
          </Button>,
        ];
  return (
    <Modal
      open
      title={t('importTitle')}
      width={860}
      footer={footer}
      onCancel={onClose}
      mask={{ closable: false }}
    >
      {run.data === undefined ? (
        <Flex vertical gap="middle">
          <span className="faint">{t('importHint')}</span>
          <Upload.Dragger
            accept=".csv,text/csv"
            maxCount={1}
            beforeUpload={(chosen) => {
              setFile(chosen);
              return false;
            }}
            onRemove={() => setFile(undefined)}
          >
            {t('chooseFile')}
          </Upload.Dragger>
          <Checkbox checked={isDryRun} onChange={(event) => setIsDryRun(event.target.checked)}>
            {t('checkOnly')}
          </Checkbox>
          {run.isError && <Problem error={run.error} />}
        </Flex>
      ) : (
        <ImportReportView report={run.data} />
      )}
    </Modal>
  );
}
