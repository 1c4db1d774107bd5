import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shopApi } from '../api.ts';
import { Methods } from '../light/methods.tsx';
import { Answered, Problem } from '../light/notices.tsx';
import { methodsFor, readDevice } from '../light/pay-methods.ts';
import { pageOf } from '../light/provider-page.ts';
import { useSettings } from '../light/use-settings.ts';
import { COIN, formatMoney } from '../money.ts';
import { createSubmission } from '../submission.ts';
import type { CoinPod, StartedCoinOrder } from '../types/coins.ts';
import { CoinBalance } from './coin-balance.tsx';
import { CoinStatement } from './coin-statement.tsx';

function useBuyCoins() {
  const [submission] = useState(createSubmission);
  return useMutation({
    mutationFn: (body: { podId: string; method: string; expectedTotal: number }) =>
      shopApi.send<StartedCoinOrder>('POST', '/coin/order', {
        body,
        idempotencyKey: submission.keyFor(body),
      }),
    onError: submission.failed,
    onSuccess: ({ orderId, parameters }) => {
      submission.done();
      // A code is shown by the cashier; a provider's own page leads back to it.
      location.assign(pageOf(parameters) ?? `/cashier/${orderId}`);
    },
  });
}

interface PodCardProps {
  readonly pod: CoinPod;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function PodCard({ pod, isChosen, onChoose }: PodCardProps) {
  const { t, i18n } = useTranslation();
  const { name, description, coin, giftCoin, giftDays, price, currency } = pod;
  return (
    <button type="button" className="pod" aria-pressed={isChosen} onClick={onChoose}>
      <span className="quiet">{name}</span>
      <strong className="pod-coins">{formatMoney(coin, COIN, i18n.language)}</strong>
      <span className="pod-gift">
        {giftCoin > 0 && t('giftOnTop', { coins: formatMoney(giftCoin, COIN, i18n.language) })}
        {giftCoin > 0 && giftDays !== null && ` · ${t('forDays', { count: giftDays })}`}
      </span>
      {description !== null && <small className="quiet">{description}</small>}
      <span className="pod-price">{formatMoney(price, currency, i18n.language)}</span>
    </button>
  );
}

/** Choice of a package and of a way to pay, which leads to the cashier or to the provider's own page. */
function Buy({ pods }: { readonly pods: readonly CoinPod[] }) {
  const { t, i18n } = useTranslation();
  const [podId, setPodId] = useState(pods[0]?.id);
  const [picked, setPicked] = useState<string>();
  const settings = useSettings();
  const buy = useBuyCoins();
  const pod = pods.find(({ id }) => id === podId) ?? pods[0];
  // Coins are credited when the money is here, so nothing is paid on delivery.
  const sold = (settings.data?.methods ?? []).filter((method) => method !== 'cash_on_delivery');
  const hasPhone = (settings.data?.simulators ?? null) !== null;
  const methods = methodsFor(sold, readDevice(navigator.userAgent, hasPhone));
  const method = picked ?? methods[0];
  if (pod === undefined) {
    return <p className="nothing">{t('noPods')}</p>;
  }
  return (
    <section className="card">
      <h2>{t('buyCoins')}</h2>
      <div className="pods">
        {pods.map((each) => (
          <PodCard key={each.id} pod={each} isChosen={each === pod} onChoose={() => setPodId(each.id)} />
        ))}
      </div>
      {method !== undefined && (
        <>
          <Methods methods={methods} chosen={method} onChoose={setPicked} />
          {buy.isError && <Problem error={buy.error} />}
          <button
            type="button"
            className="button wide"
            disabled={buy.isPending}
            onClick={() => buy.mutate({ podId: pod.id, method, expectedTotal: pod.price })}
          >
            {t('payAmount', { amount: formatMoney(pod.price, pod.currency, i18n.language) })}
          </button>
        </>
      )}
    </section>
  );
}

/** What one has of coins, what they cost, and where they went. */
export function CoinsPage() {
  const { t } = useTranslation();
  const pods = useQuery({
    queryKey: ['coin-pods'],
    queryFn: () => shopApi.get<readonly CoinPod[]>('/coin/pods'),
  });
  return (
    <>
      <h1>{t('coins')}</h1>
      <div className="two">
        <CoinBalance />
        <Answered query={pods}>{(items) => <Buy pods={items} />}</Answered>
        <CoinStatement />
      </div>
    </>
  );
}
