import { Checkbox, Form, Input, Modal, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { StatementLine } from '../../types/hand-books.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';

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
  readonly as?: string;
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

/** Asks for what a decision over a line needs. */
export function LineDialog({ line, verb, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const act = useAct({ onDone: onClose });
  const title = t(VERB_TEXTS[verb]);
  const required = [{ required: true, whitespace: true, message: t('required') }];
  const save = (fields: Fields) =>
    act.mutate({
      method: 'POST',
      path: `/admin/bank-statement-lines/${line.id}/${verb}`,
      body: toBody(verb, fields),
    });
  return (
    <Modal
      open
      title={title}
      okText={title}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ as: DISMISSALS[0], payment: line.paymentId ?? '' }}
        onFinish={save}
      >
        {verb === 'assign' && (
          <>
            <Form.Item name="payment" label={t('paymentOrCode')} rules={required}>
              <Input autoFocus maxLength={100} />
            </Form.Item>
            {line.amount > 0 && (
              <Form.Item name="acceptsDifference" valuePropName="checked">
                <Checkbox>{t('acceptsDifference')}</Checkbox>
              </Form.Item>
            )}
          </>
        )}
        {verb === 'dismiss' && (
          <Form.Item name="as" label={t('dismissAs')}>
            <Radio.Group
              options={DISMISSALS.map((value) => ({ value, label: wordFor('lineReason', value) }))}
            />
          </Form.Item>
        )}
        <Form.Item name="note" label={t('note')} rules={required}>
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}
