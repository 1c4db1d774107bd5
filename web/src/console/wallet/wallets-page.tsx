import { useTranslation } from 'react-i18next';
import { TabsPage } from '../tabs-page.tsx';
import { Adjustments } from './adjustments.tsx';
import { Holds } from './holds.tsx';
import { Receivables } from './receivables.tsx';
import { WalletList } from './wallet-list.tsx';

/** What customers hold of coins and store credit, and what staff has to decide about it. */
export function WalletsPage() {
  const { t } = useTranslation();
  return (
    <TabsPage
      title={t('nav.wallets')}
      tabs={[
        { key: 'wallets', label: t('nav.wallets'), children: <WalletList /> },
        { key: 'adjustments', label: t('adjustments'), children: <Adjustments /> },
        { key: 'receivables', label: t('receivables'), children: <Receivables /> },
        { key: 'holds', label: t('holds'), children: <Holds /> },
      ]}
    />
  );
}
