import { App, Button, Dropdown, Flex } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StatementLine } from '../../types/hand-books.ts';
import { useAct } from '../use-act.ts';
import { useMay, useMe } from '../use-me.ts';
import { LineDialog, type LineVerb, VERB_TEXTS } from './line-dialog.tsx';

const VERBS: Readonly<Record<string, readonly LineVerb[]>> = {
  unmatched: ['assign', 'dismiss'],
  matched: ['unassign'],
  recorded: ['assign'],
  dismissed: ['reopen'],
  confirmed: ['request-reversal'],
  reversing: ['withdraw-reversal'],
};

/** Whether this person may be the second one; the server decides, this only spares a refusal. */
function isSecond(line: StatementLine, myId: string | undefined): boolean {
  if (line.state === 'matched') {
    return line.importedBy !== myId && line.assignedBy !== myId;
  }
  return line.state === 'reversing' && line.reversalRequestedBy !== myId;
}

function questionOf({ amount, refundId }: StatementLine): string {
  if (amount < 0) {
    return 'confirmBounce';
  }
  return refundId === null ? 'confirmLine' : 'confirmReturnedPayout';
}

function SignButton({ line }: { readonly line: StatementLine }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const act = useAct();
  const isReversal = line.state === 'reversing';
  const question = questionOf(line);
  const sign = () =>
    modal.confirm({
      title: t(isReversal ? 'confirmReversal' : 'confirm'),
      content: t(isReversal ? 'confirmReversalHint' : question),
      okText: t('confirm'),
      cancelText: t('cancel'),
      onOk: () =>
        act.mutateAsync({
          method: 'POST',
          path: `/admin/bank-statement-lines/${line.id}/${isReversal ? 'confirm-reversal' : 'confirm'}`,
          body: {},
        }),
    });
  return (
    <Button size="small" type="primary" onClick={sign}>
      {t(isReversal ? 'confirmReversal' : 'confirm')}
    </Button>
  );
}

/** What this person may do with the line now. */
export function LineActions({ line }: { readonly line: StatementLine }) {
  const { t } = useTranslation();
  const may = useMay();
  const me = useMe();
  const [verb, setVerb] = useState<LineVerb>();
  const canReverse = line.amount > 0;
  const verbs = (VERBS[line.state] ?? []).filter((each) => canReverse || each !== 'request-reversal');
  const canSign = may('bank_statements.confirm') && isSecond(line, me.data?.id);
  return (
    <Flex gap="small" justify="end">
      {canSign && <SignButton line={line} />}
      {may('bank_statements.import') && verbs.length > 0 && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: verbs.map((key) => ({ key, label: t(VERB_TEXTS[key]), onClick: () => setVerb(key) })),
          }}
        >
          <Button size="small">{t('actions')}</Button>
        </Dropdown>
      )}
      {verb !== undefined && <LineDialog line={line} verb={verb} onClose={() => setVerb(undefined)} />}
    </Flex>
  );
}
