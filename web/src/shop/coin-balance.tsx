import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { shopApi } from '../api.ts';
import { Answered } from '../light/notices.tsx';
import { formatMoment } from '../moments.ts';
import { COIN, formatMoney } from '../money.ts';
import type { Wallet } from '../types/wallet.ts';

function Balance({ wallet }: { readonly wallet: Wallet }) {
  const { t, i18n } = useTranslation();
  const { coin, giftCoin, heldCoin, owedCoin, endingGifts, storeCredit } = wallet;
  const coins = (amount: number) => formatMoney(amount, COIN, i18n.language);
  return (
    <section className="card balance">
      <p className="quiet">{t('yourCoins')}</p>
      <p className="amount">{coins(coin + giftCoin)}</p>
      {giftCoin > 0 && <p className="quiet">{t('ofWhichGiven', { coins: coins(giftCoin) })}</p>}
      {endingGifts.map(({ giftCoin: amount, expiresAt }) => (
        <p key={expiresAt} className="quiet">
          {t('giftEnds', { coins: coins(amount), at: formatMoment(expiresAt, i18n.language) })}
        </p>
      ))}
      {heldCoin > 0 && <p className="quiet">{t('coinsHeld', { coins: coins(heldCoin) })}</p>}
      {owedCoin > 0 && <p className="wrong">{t('coinsOwed', { coins: coins(owedCoin) })}</p>}
      {storeCredit.map(({ currency, balance }) => (
        <p key={currency} className="sum">
          <span>{t('storeCredit')}</span>
          <strong>{formatMoney(balance, currency, i18n.language)}</strong>
        </p>
      ))}
    </section>
  );
}

/** What the customer has of coins and store credit. */
export function CoinBalance() {
  const wallet = useQuery({
    queryKey: ['wallet'],
    queryFn: () => shopApi.get<Wallet>('/wallet'),
    refetchOnWindowFocus: 'always',
  });
  return <Answered query={wallet}>{(found) => <Balance wallet={found} />}</Answered>;
}
