import { useQuery } from '@tanstack/react-query';
import { Button, Card, Checkbox, Form, InputNumber, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import type { TopupCurrencyRates, TopupRate, TopupRateSet } from '../../types/topups.ts';
import { ActDialog } from '../act-dialog.tsx';
import { given, TextField } from '../fields.tsx';
import { Answered } from '../notices.tsx';
import { useMay } from '../use-me.ts';
import { Id, Moment } from '../values.tsx';

const MOST = 1_000_000_000;

interface Fields extends TopupRate {
  readonly acceptsJump: boolean;
  readonly note?: string;
}

interface DialogProps {
  readonly rates: TopupCurrencyRates;
  readonly onClose: () => void;
}

/** The rate of all orders from now on, as a pair of whole numbers. */
function SetRateDialog({ rates, onClose }: DialogProps) {
  const { t } = useTranslation();
  const { from, to, current } = rates;
  const units = (name: keyof TopupRate, currency: string) => (
    <Form.Item name={name} label={currency} rules={[{ required: true, message: t('required') }]}>
      <InputNumber min={1} max={MOST} precision={0} className="wide" />
    </Form.Item>
  );
  return (
    <ActDialog<Fields>
      title={t('setRate')}
      verb={t('save')}
      initialValues={{ ...(current ?? { toUnits: 1 }), acceptsJump: false }}
      toAct={({ fromUnits, toUnits, acceptsJump, note }) => ({
        method: 'POST',
        path: '/admin/topups/rates',
        body: {
          ...{ from, fromUnits, toUnits, acceptsJump },
          ...(given(note) !== undefined && { note: given(note) }),
        },
      })}
      onClose={onClose}
    >
      <p className="faint">{t('setRateHint')}</p>
      <div className="field-row">
        {units('fromUnits', from)}
        {units('toUnits', to)}
      </div>
      <Form.Item name="acceptsJump" valuePropName="checked">
        <Checkbox>{t('acceptsRateJump')}</Checkbox>
      </Form.Item>
      <TextField name="note" label={t('noteOptional')} isRequired={false} maxLength={500} />
    </ActDialog>
  );
}

function Rate({ rates }: { readonly rates: TopupCurrencyRates }) {
  const { t } = useTranslation();
  const may = useMay();
  const [isSetting, setIsSetting] = useState(false);
  const { from, to, current, history } = rates;
  const written = (rate: TopupRate) => `${rate.fromUnits} ${from} = ${rate.toUnits} ${to}`;
  return (
    <Card
      title={current === null ? `${from} · ${t('noRate')}` : written(current)}
      extra={may('topups.write') && <Button onClick={() => setIsSetting(true)}>{t('setRate')}</Button>}
    >
      <Table<TopupRateSet>
        size="small"
        rowKey="setAt"
        dataSource={[...history]}
        locale={{ emptyText: t('noRateYet') }}
        pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t('when'), render: (_value, { setAt }) => <Moment at={setAt} /> },
          { title: t('rate'), render: (_value, rate) => written(rate) },
          { title: t('note'), dataIndex: 'note' },
          { title: t('actor'), render: (_value, { setBy }) => <Id id={setBy} isShort /> },
        ]}
      />
      {isSetting && <SetRateDialog rates={rates} onClose={() => setIsSetting(false)} />}
    </Card>
  );
}

/** The rate of each operator's currency, and what it was before. */
export function Rates() {
  const rates = useQuery({
    queryKey: ['/admin/topups/rates'],
    queryFn: () => consoleApi.get<{ readonly items: readonly TopupCurrencyRates[] }>('/admin/topups/rates'),
  });
  return (
    <Answered query={rates}>
      {({ items }) => (
        <div className="stack">
          {items.map((each) => (
            <Rate key={each.from} rates={each} />
          ))}
        </div>
      )}
    </Answered>
  );
}
