import { Alert, Button, Checkbox, Descriptions, Flex, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { parseMoney, toDecimal } from '../../money.ts';
import type { StaffPaymentDetail } from '../../types/operations.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';
import { Amount, Moment } from '../values.tsx';

interface DialogProps {
  readonly payment: StaffPaymentDetail;
  readonly onClose: () => void;
}

interface CaptureFields {
  readonly amount: string;
  readonly isFinal: boolean;
}

function CaptureDialog({ payment, onClose }: DialogProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<CaptureFields>();
  const act = useAct({ onDone: onClose });
  const { id, currency } = payment;
  const left = payment.authorisedAmount - payment.capturedAmount - payment.captureRequested;
  const isAmount = (_rule: unknown, text: string | undefined) =>
    (parseMoney(text ?? '', currency) ?? 0) > 0
      ? Promise.resolve()
      : Promise.reject(new Error(t('notAnAmount')));
  const save = ({ amount, isFinal }: CaptureFields) =>
    act.mutate({
      method: 'POST',
      path: `/admin/payments/${id}/captures`,
      body: { amount: parseMoney(amount, currency), isFinal },
    });
  return (
    <Modal
      open
      title={t('capture')}
      okText={t('capture')}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ amount: toDecimal(left, currency), isFinal: true }}
        onFinish={save}
      >
        <Form.Item name="amount" label={t('captureAmount', { currency })} rules={[{ validator: isAmount }]}>
          <Input inputMode="decimal" autoFocus />
        </Form.Item>
        <Form.Item name="isFinal" valuePropName="checked">
          <Checkbox>{t('captureLast')}</Checkbox>
        </Form.Item>
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}

function VoidDialog({ payment, onClose }: DialogProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ reason: string }>();
  const act = useAct({ onDone: onClose });
  return (
    <Modal
      open
      title={t('voidAsk')}
      okText={t('void')}
      okButtonProps={{ danger: true }}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        onFinish={(body) => act.mutate({ method: 'POST', path: `/admin/payments/${payment.id}/void`, body })}
      >
        <Form.Item
          name="reason"
          label={t('reason')}
          rules={[{ required: true, whitespace: true, message: t('required') }]}
        >
          <Input.TextArea rows={2} maxLength={500} autoFocus />
        </Form.Item>
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}

/** Money that is held: how much, until when, and what staff can do with it. */
export function Hold({ payment }: { readonly payment: StaffPaymentDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const [dialog, setDialog] = useState<'capture' | 'void'>();
  const { authorisedAmount, authorisedUntil, captureRequested, capturedAmount, currency } = payment;
  const close = () => setDialog(undefined);
  return (
    <Alert
      type="info"
      showIcon
      title={t('holdTitle')}
      description={
        <Flex vertical gap="middle">
          {t('holdHint')}
          <Descriptions
            layout="vertical"
            colon={false}
            size="small"
            column={{ xs: 2, md: 4 }}
            items={[
              {
                key: 'held',
                label: t('held'),
                children: <Amount amount={authorisedAmount} currency={currency} />,
              },
              { key: 'until', label: t('heldUntil'), children: <Moment at={authorisedUntil} /> },
              {
                key: 'captured',
                label: t('captured'),
                children: <Amount amount={capturedAmount} currency={currency} />,
              },
              {
                key: 'requested',
                label: t('captureRequested'),
                children: <Amount amount={captureRequested} currency={currency} />,
              },
            ]}
          />
          {may('payments.write') && (
            <Flex gap="small">
              <Button type="primary" onClick={() => setDialog('capture')}>
                {t('capture')}
              </Button>
              <Button danger disabled={captureRequested > 0} onClick={() => setDialog('void')}>
                {t('void')}
              </Button>
            </Flex>
          )}
          {dialog === 'capture' && <CaptureDialog payment={payment} onClose={close} />}
          {dialog === 'void' && <VoidDialog payment={payment} onClose={close} />}
        </Flex>
      }
    />
  );
}
