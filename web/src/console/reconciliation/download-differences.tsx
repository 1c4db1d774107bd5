import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import type { Page } from '../../types/page.ts';
import type { BillDifference } from '../../types/reconciliation.ts';
import { differencesToCsv } from './csv.ts';

const PAGE = 100;
const MOST_PAGES = 100;

async function readAll(runId: string): Promise<BillDifference[]> {
  const all: BillDifference[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const query = { runId, page, limit: PAGE };
    const answer = await consoleApi.get<Page<BillDifference>>('/admin/reconciliation/differences', query);
    all.push(...answer.items);
    if (page >= answer.pagination.pages) {
      break;
    }
  }
  return all;
}

function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

interface Props {
  readonly runId: string;
  /** Without its ending. */
  readonly name: string;
}

/** Every difference of a day as a CSV file. */
export function DownloadDifferences({ runId, name }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const download = useMutation({
    mutationFn: () => readAll(runId),
    onSuccess: (differences) => save(differencesToCsv(differences), `${name}.csv`),
    onError: (error) => void message.error(error.message),
  });
  return (
    <Button loading={download.isPending} onClick={() => download.mutate()}>
      {t('downloadCsv')}
    </Button>
  );
}
