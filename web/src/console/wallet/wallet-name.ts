import { useTranslation } from 'react-i18next';
import { COIN } from '../../money.ts';

/** What a wallet is called: the coins, or store credit by its currency. */
export function useWalletName(): (currency: string) => string {
  const { t } = useTranslation();
  return (currency) => (currency === COIN ? t('coins') : `${t('storeCredit')} ${currency}`);
}
