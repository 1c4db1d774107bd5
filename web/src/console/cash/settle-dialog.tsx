import { Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CashRemittance } from '../../types/hand-books.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';

interface Fields {
  readonly reference?: string;
  readonly note?: string;
}

interface Props {
  readonly remittance: CashRemittance;
  readonly verb: 'confirm' | 'cancel';
  readonly onClose: () => void;
}

/** The cash has arrived, by the number of its slip; or the hand-over was recorded wrongly, and why. */
export function SettleDialog({ remittance, verb, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const act = useAct({ onDone: onClose });
  const isArrival = verb === 'confirm';
  const title = t(isArrival ? 'cashArrived' : 'takeBack');
  const rules = [{ required: true, whitespace: true, message: t('required') }];
  const save = (fields: Fields) =>
    act.mutate({ method: 'POST', path: `/admin/cash-remittances/${remittance.id}/${verb}`, body: fields });
  return (
    <Modal
      open
      title={title}
      okText={title}
      okButtonProps={{ danger: !isArrival }}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" onFinish={save}>
        {isArrival ? (
          <Form.Item name="reference" label={t('cashReference')} rules={rules}>
            <Input maxLength={100} autoFocus />
          </Form.Item>
        ) : (
          <Form.Item name="note" label={t('note')} rules={rules}>
            <Input.TextArea rows={2} maxLength={500} autoFocus />
          </Form.Item>
        )}
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}
