import { Alert, Button, Flex, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';

type Choice = 'approve' | 'reject';

interface Fields {
  readonly text?: string;
}

interface DialogProps {
  readonly assessmentId: string;
  readonly choice: Choice;
  readonly onClose: () => void;
}

/** A rejection has a reason; an approval may have a note. */
function toBody(choice: Choice, { text = '' }: Fields): Readonly<Record<string, string>> {
  if (choice === 'reject') {
    return { reason: text.trim() };
  }
  return text.trim() === '' ? {} : { note: text.trim() };
}

function DecideDialog({ assessmentId, choice, onClose }: DialogProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const act = useAct({ onDone: onClose });
  const isRejecting = choice === 'reject';
  const save = (fields: Fields) =>
    act.mutate({
      method: 'POST',
      path: `/admin/risk/reviews/${assessmentId}/${choice}`,
      body: toBody(choice, fields),
    });
  return (
    <Modal
      open
      title={t(choice)}
      okText={t(choice)}
      okButtonProps={{ danger: isRejecting }}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" onFinish={save}>
        <Form.Item
          name="text"
          label={t(isRejecting ? 'reason' : 'reviewNote')}
          rules={[{ required: isRejecting, whitespace: isRejecting, message: t('required') }]}
        >
          <Input.TextArea rows={2} maxLength={500} autoFocus />
        </Form.Item>
        <Alert type="info" showIcon title={t(isRejecting ? 'rejectHint' : 'approveHint')} />
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}

/** Both choices on a payment that waits for a person. */
export function DecideReview({ assessmentId }: { readonly assessmentId: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const [choice, setChoice] = useState<Choice>();
  if (!may('risk.write')) {
    return null;
  }
  return (
    <Flex gap="small" justify="end">
      <Button size="small" type="primary" onClick={() => setChoice('approve')}>
        {t('approve')}
      </Button>
      <Button size="small" danger onClick={() => setChoice('reject')}>
        {t('reject')}
      </Button>
      {choice !== undefined && (
        <DecideDialog assessmentId={assessmentId} choice={choice} onClose={() => setChoice(undefined)} />
      )}
    </Flex>
  );
}
