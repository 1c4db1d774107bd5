import { useTranslation } from 'react-i18next';
import { TabsPage } from '../tabs-page.tsx';
import { CoinOrders } from './coin-orders.tsx';
import { CoinPods } from './coin-pods.tsx';

/** Packages of coins, and what was sold of them. */
export function CoinsPage() {
  const { t } = useTranslation();
  return (
    <TabsPage
      title={t('nav.coins')}
      tabs={[
        { key: 'pods', label: t('coinPods'), children: <CoinPods /> },
        { key: 'orders', label: t('coinOrders'), children: <CoinOrders /> },
      ]}
    />
  );
}
