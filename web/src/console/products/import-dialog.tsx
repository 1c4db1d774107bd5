import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Flex, Modal, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import type { ImportReport } from '../../types/catalog.ts';
import { Problem } from '../notices.tsx';
import { ImportReportView } from './import-report.tsx';

interface FileChoice {
  readonly isDryRun: boolean;
  readonly onChoose: (file: File | undefined) => void;
  readonly onDryRun: (isDryRun: boolean) => void;
}

function ChooseFile({ isDryRun, onChoose, onDryRun }: FileChoice) {
  const { t } = useTranslation();
  return (
    <>
      <span className="faint">{t('importHint')}</span>
      <Upload.Dragger
        accept=".csv,text/csv"
        maxCount={1}
        beforeUpload={(file) => {
          onChoose(file);
          // It is sent with the button, not as soon as it is chosen.
          return false;
        }}
        onRemove={() => onChoose(undefined)}
      >
        {t('chooseFile')}
      </Upload.Dragger>
      <Checkbox checked={isDryRun} onChange={(event) => onDryRun(event.target.checked)}>
        {t('checkOnly')}
      </Checkbox>
    </>
  );
}

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
  const start = () => file !== undefined && run.mutate(file);
  const again = () => {
    run.reset();
    setFile(undefined);
  };
  const isDone = run.data !== undefined;
  return (
    <Modal
      open
      title={t('importTitle')}
      width={860}
      mask={{ closable: false }}
      onCancel={onClose}
      footer={[
        <Button key="other" onClick={isDone ? again : onClose}>
          {t(isDone ? 'importAnother' : 'cancel')}
        </Button>,
        <Button
          key="main"
          type="primary"
          disabled={file === undefined}
          loading={run.isPending}
          onClick={isDone ? onClose : start}
        >
          {t(isDone ? 'confirm' : 'importNow')}
        </Button>,
      ]}
    >
      <Flex vertical gap="middle">
        {isDone ? (
          <ImportReportView report={run.data} />
        ) : (
          <ChooseFile isDryRun={isDryRun} onChoose={setFile} onDryRun={setIsDryRun} />
        )}
        {run.isError && <Problem error={run.error} />}
      </Flex>
    </Modal>
  );
}
