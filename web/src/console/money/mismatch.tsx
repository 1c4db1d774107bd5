import { Alert, App, Button, Flex, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StaffPaymentDetail } from '../../types/operations.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';
import { Json } from '../values.tsx';

type Decision = 'accept' | 'refund';

interface Props {
  readonly payment: StaffPaymentDetail;
  readonly mismatch: Readonly<Record<string, unknown>>;
}

interface DismissProps {
  readonly payment: StaffPaymentDetail;
  readonly onClose: () => void;
}

/** Money that is nobody's to decide on here; the note says why. */
function DismissDialog({ payment, onClose }: DismissProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ note: string }>();
  const act = useAct({ onDone: onClose });
  const save = ({ note }: { note: string }) =>
    act.mutate({
      method: 'POST',
      path: `/admin/payments/${payment.id}/resolve-mismatch`,
      body: { decision: 'dismiss', note },
    });
  return (
    <Modal
      open
      title={t('dismissAsk')}
      okText={t('dismiss')}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" onFinish={save}>
        <Form.Item
          name="note"
          label={t('dismissNote')}
          rules={[{ required: true, whitespace: true, message: t('required') }]}
        >
          <Input.TextArea rows={2} maxLength={500} autoFocus />
        </Form.Item>
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}

/** Money that is not what was asked for: a person says whether it pays the order or goes back. */
export function Mismatch({ payment, mismatch }: Props) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const may = useMay();
  const act = useAct();
  const [isDismissing, setDismissing] = useState(false);
  const decide = (decision: Decision) =>
    modal.confirm({
      title: t(decision === 'accept' ? 'acceptAsk' : 'refundAsk'),
      onOk: () =>
        act.mutateAsync({
          method: 'POST',
          path: `/admin/payments/${payment.id}/resolve-mismatch`,
          body: { decision },
        }),
    });
  return (
    <Alert
      type="warning"
      showIcon
      title={t('mismatchTitle')}
      description={
        <Flex vertical gap="middle">
          {t('mismatchHint')}
          <Json value={mismatch} />
          {may('payments.write') && (
            <Flex gap="small">
              <Button type="primary" onClick={() => decide('accept')}>
                {t('accept')}
              </Button>
              <Button danger onClick={() => decide('refund')}>
                {t('refundAllOfIt')}
              </Button>
              <Button onClick={() => setDismissing(true)}>{t('dismiss')}</Button>
            </Flex>
          )}
          {isDismissing && <DismissDialog payment={payment} onClose={() => setDismissing(false)} />}
        </Flex>
      }
    />
  );
}
