import { Alert, App, Button, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import type { StaffPaymentDetail } from '../../types/operations.ts';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';
import { Json } from '../values.tsx';

type Decision = 'accept' | 'refund';

interface Props {
  readonly payment: StaffPaymentDetail;
  readonly mismatch: Readonly<Record<string, unknown>>;
}

/** Money that is not what was asked for: a person says whether it pays the order or goes back. */
export function Mismatch({ payment, mismatch }: Props) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const may = useMay();
  const act = useAct();
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
            </Flex>
          )}
        </Flex>
      }
    />
  );
}
