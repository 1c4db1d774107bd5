import { Button, Flex, Form, Input, Modal, Popconfirm, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { StaffRefund } from '../../types/operations.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';

interface Props {
  readonly refund: StaffRefund;
  readonly onClose: () => void;
}

function PaidOutDialog({ refund, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ readonly reference: string }>();
  const act = useAct({ onDone: onClose });
  const save = (body: { readonly reference: string }) =>
    act.mutate({ method: 'POST', path: `/admin/refunds/${refund.id}/paid-out`, body });
  return (
    <Modal
      open
      title={t('confirmPaidOut')}
      okText={t('confirmPaidOut')}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" onFinish={save}>
        <p className="faint">{t('paidOutHint')}</p>
        <Form.Item
          name="reference"
          label={t('paidOutReference')}
          rules={[{ required: true, whitespace: true, message: t('required') }]}
        >
          <Input maxLength={100} autoFocus />
        </Form.Item>
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}

interface FinishFields {
  readonly to: 'payer_card' | 'merchant_account';
  readonly card?: { readonly bankType: string; readonly holderName: string; readonly number: string };
}

function CardFields() {
  const { t } = useTranslation();
  const rules = [{ required: true, whitespace: true, message: t('required') }];
  return (
    <>
      <Form.Item name={['card', 'bankType']} label={t('bankType')} rules={rules}>
        <Input maxLength={32} />
      </Form.Item>
      <Form.Item name={['card', 'holderName']} label={t('cardHolder')} rules={rules}>
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
      <Form.Item name={['card', 'number']} label={t('cardNumber')} help={t('cardHint')} rules={rules}>
        <Input maxLength={32} inputMode="numeric" autoComplete="off" />
      </Form.Item>
    </>
  );
}

function FinishDialog({ refund, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<FinishFields>();
  const to = Form.useWatch('to', form);
  const act = useAct({ onDone: onClose });
  const save = (body: FinishFields) =>
    act.mutate({ method: 'POST', path: `/admin/refunds/${refund.id}/finish-abnormal`, body });
  return (
    <Modal
      open
      title={t('finishAbnormal')}
      okText={t('finishAbnormal')}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" initialValues={{ to: 'payer_card' }} onFinish={save}>
        <Form.Item name="to" label={t('finishTo')}>
          <Radio.Group
            options={['payer_card', 'merchant_account'].map((value) => ({
              value,
              label: wordFor('finishTo', value),
            }))}
          />
        </Form.Item>
        {to === 'payer_card' && <CardFields />}
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}

function TakeByHand({ refund }: { readonly refund: StaffRefund }) {
  const { t } = useTranslation();
  const act = useAct();
  const take = () => act.mutate({ method: 'POST', path: `/admin/refunds/${refund.id}/by-hand` });
  return (
    <Popconfirm title={t('takeByHandAsk')} okText={t('takeByHand')} cancelText={t('cancel')} onConfirm={take}>
      <Button size="small" loading={act.isPending}>
        {t('takeByHand')}
      </Button>
    </Popconfirm>
  );
}

/** What a person may do about a refund that no program finishes. */
export function RefundActions({ refund }: { readonly refund: StaffRefund }) {
  const { t } = useTranslation();
  const may = useMay();
  const [dialog, setDialog] = useState<'paid_out' | 'finish'>();
  const { status, isByHand } = refund;
  if (!may('refunds.write')) {
    return null;
  }
  const close = () => setDialog(undefined);
  return (
    <Flex gap="small" justify="end">
      {isByHand && (status === 'sent' || status === 'abnormal') && (
        <Button size="small" type="primary" onClick={() => setDialog('paid_out')}>
          {t('confirmPaidOut')}
        </Button>
      )}
      {!isByHand && status === 'abnormal' && (
        <Button size="small" onClick={() => setDialog('finish')}>
          {t('finishAbnormal')}
        </Button>
      )}
      {!isByHand && (status === 'reserved' || status === 'abnormal') && <TakeByHand refund={refund} />}
      {dialog === 'paid_out' && <PaidOutDialog refund={refund} onClose={close} />}
      {dialog === 'finish' && <FinishDialog refund={refund} onClose={close} />}
    </Flex>
  );
}
