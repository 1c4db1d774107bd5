import { Checkbox, Form, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { StatementLine } from '../../types/hand-books.ts';
import { ActDialog } from '../act-dialog.tsx';
import { TextField } from '../fields.tsx';

/** Decisions that need a note; the words of the API. */
export type LineVerb =
  | 'assign'
  | 'unassign'
  | 'dismiss'
  | 'reopen'
  | 'request-reversal'
  | 'withdraw-reversal';

export const VERB_TEXTS: Readonly<Record<LineVerb, string>> = {
  assign: 'assignLine',
  unassign: 'unassignLine',
  dismiss: 'dismissLine',
  reopen: 'reopenLine',
  'request-reversal': 'requestReversal',
  'withdraw-reversal': 'withdrawReversal',
};

interface Fields {
  readonly payment?: string;
  readonly acceptsDifference?: boolean;
  readonly as?: string | undefined;
  readonly note: string;
}

const DISMISSALS = ['not_ours', 'returned'];

function toBody(verb: LineVerb, { payment = '', acceptsDifference = false, as, note }: Fields): object {
  if (verb === 'assign') {
    const text = payment.trim();
    const named = text.startsWith('pay_') ? { paymentId: text } : { remittanceCode: text };
    return { ...named, acceptsDifference, note };
  }
  return verb === 'dismiss' ? { as, note } : { note };
}

interface Props {
  readonly line: StatementLine;
  readonly verb: LineVerb;
  readonly onClose: () => void;
}

function AssignFields({ line }: Pick<Props, 'line'>) {
  const { t } = useTranslation();
  return (
    <>
      <TextField name="payment" label={t('paymentOrCode')} maxLength={100} autoFocus />
      {line.amount > 0 && (
        <Form.Item name="acceptsDifference" valuePropName="checked">
          <Checkbox>{t('acceptsLineDifference')}</Checkbox>
        </Form.Item>
      )}
    </>
  );
}

/** Asks for what a decision over a line needs. */
export function LineDialog({ line, verb, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <ActDialog<Fields>
      title={t(VERB_TEXTS[verb])}
      initialValues={{ as: DISMISSALS[0], payment: line.paymentId ?? '' }}
      toAct={(fields) => ({
        method: 'POST',
        path: `/admin/bank-statement-lines/${line.id}/${verb}`,
        body: toBody(verb, fields),
      })}
      onClose={onClose}
    >
      {verb === 'assign' && <AssignFields line={line} />}
      {verb === 'dismiss' && (
        <Form.Item name="as" label={t('dismissAs')}>
          <Radio.Group
            options={DISMISSALS.map((value) => ({ value, label: wordFor('lineReason', value) }))}
          />
        </Form.Item>
      )}
      <TextField name="note" label={t('note')} maxLength={500} rows={2} autoFocus={verb !== 'assign'} />
    </ActDialog>
  );
}
