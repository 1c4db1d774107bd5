import { Button, Flex, Form, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { BillDifference } from '../../types/reconciliation.ts';
import { ActDialog } from '../act-dialog.tsx';
import { TextField } from '../fields.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';

const RESOLUTIONS = ['accepted', 'booked_elsewhere', 'provider_error'];

interface ResolveFields {
  readonly resolution: string;
  readonly note: string;
}

function ResolveDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <ActDialog<ResolveFields>
      title={t('settleDifference')}
      verb={t('settle')}
      initialValues={{ resolution: 'accepted' }}
      toAct={(body) => ({ method: 'POST', path: `/admin/reconciliation/differences/${id}/resolve`, body })}
      onClose={onClose}
    >
      <Form.Item name="resolution" label={t('resolution')}>
        <Select
          options={RESOLUTIONS.map((value) => ({ value, label: wordFor('differenceResolution', value) }))}
        />
      </Form.Item>
      <TextField name="note" label={t('note')} maxLength={500} rows={2} autoFocus />
    </ActDialog>
  );
}

/** Asks the provider again, or settles the difference with a note. */
export function DifferenceActions({ difference }: { readonly difference: BillDifference }) {
  const { t } = useTranslation();
  const may = useMay();
  const act = useAct();
  const [isResolving, setResolving] = useState(false);
  const { id, state, isAskable } = difference;
  if (state !== 'open' || !may('reconciliation.write')) {
    return null;
  }
  const repair = () => act.mutate({ method: 'POST', path: `/admin/reconciliation/differences/${id}/repair` });
  return (
    <Flex gap="small" justify="end">
      {isAskable && (
        <Button size="small" loading={act.isPending} onClick={repair}>
          {t('askAgain')}
        </Button>
      )}
      <Button size="small" onClick={() => setResolving(true)}>
        {t('settle')}
      </Button>
      {isResolving && <ResolveDialog id={id} onClose={() => setResolving(false)} />}
    </Flex>
  );
}
