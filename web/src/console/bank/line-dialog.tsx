import { Form, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { StatementLine } from '../../types/hand-books.ts';
import { ActDialog } from '../act-dialog.tsx';
import { TextField } from '../fields.tsx';
import { AssignFields, type AssignFieldValues, toAssignment } from './assign-fields.tsx';

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

interface Fields extends AssignFieldValues {
  readonly as?: string | undefined;
}

const DISMISSALS = ['not_ours', 'returned'];

function toBody(verb: LineVerb, fields: Fields): object {
  const { as, note } = fields;
  if (verb === 'assign') {
    return toAssignment(fields);
  }
  return verb === 'dismiss' ? { as, note } : { note };
}

/** The refunds that the server has named, where the money may be a payout of ours. */
function namedIn(error: unknown): readonly string[] {
  const isDoubt = error instanceof ApiError && error.code === 'line_may_be_returned_payout';
  const ids: unknown = isDoubt ? error.details.refundIds : [];
  return Array.isArray(ids) ? ids.map(String) : [];
}

interface Props {
  readonly line: StatementLine;
  readonly verb: LineVerb;
  readonly onClose: () => void;
}

/** Asks for what a decision over a line needs. */
export function LineDialog({ line, verb, onClose }: Props) {
  const { t } = useTranslation();
  const [doubtful, setDoubtful] = useState<readonly string[]>([]);
  return (
    <ActDialog<Fields>
      title={t(VERB_TEXTS[verb])}
      initialValues={{ as: DISMISSALS[0], what: 'payment', payment: line.paymentId ?? '' }}
      toAct={(fields) => ({
        method: 'POST',
        path: `/admin/bank-statement-lines/${line.id}/${verb}`,
        body: toBody(verb, fields),
      })}
      onRefused={(error, form) => {
        const refunds = namedIn(error);
        setDoubtful(refunds);
        if (refunds[0] !== undefined) {
          form.setFieldValue('refund', refunds[0]);
        }
      }}
      onClose={onClose}
    >
      {verb === 'assign' && <AssignFields line={line} doubtful={doubtful} />}
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
