import { useTranslation } from 'react-i18next';
import { TabsPage } from '../tabs-page.tsx';
import { Figures } from './figures.tsx';
import { Rates } from './rates.tsx';
import { TopupList } from './topup-list.tsx';

/** Phone top-ups: what waits for a person, what they bring, and the rate at which they are sold. */
export function TopupsPage() {
  const { t } = useTranslation();
  return (
    <TabsPage
      title={t('nav.topups')}
      tabs={[
        { key: 'topups', label: t('nav.topups'), children: <TopupList /> },
        { key: 'figures', label: t('figures'), children: <Figures /> },
        { key: 'rates', label: t('rates'), children: <Rates /> },
      ]}
    />
  );
}
