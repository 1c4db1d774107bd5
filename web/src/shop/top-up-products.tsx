import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shopApi } from '../api.ts';
import { wordFor } from '../language.ts';
import { Problem } from '../light/notices.tsx';
import { formatMoney } from '../money.ts';
import { createSubmission } from '../submission.ts';
import type { Topup, TopupOffer, TopupProduct } from '../types/topups.ts';

const keyOf = ({ type, code }: TopupProduct) => `${type} ${code}`;

function useOrderTopup(msisdn: string) {
  const [submission] = useState(createSubmission);
  return useMutation({
    mutationFn: ({ type, code, amount }: TopupProduct) => {
      // What was shown is compared with the price of now; it never decides it.
      const body = { msisdn, type, totalPrice: amount, ...(type !== 'bill' && { code }) };
      return shopApi.send<Topup>('POST', '/topup/orders', {
        body,
        idempotencyKey: submission.keyFor(body),
      });
    },
    onError: submission.failed,
    onSuccess: ({ orderId }) => {
      submission.done();
      location.assign(`/cashier/${orderId}`);
    },
  });
}

interface CardProps {
  readonly product: TopupProduct;
  readonly offer: TopupOffer;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function ProductCard({ product, offer, isChosen, onChoose }: CardProps) {
  const { t, i18n } = useTranslation();
  const { name, englishName, data, days, price, amount } = product;
  const facts = [data, days === null ? null : t('days', { count: days })].filter(Boolean).join(' · ');
  return (
    <button type="button" className="pod" aria-pressed={isChosen} onClick={onChoose}>
      <strong>{englishName ?? name}</strong>
      {facts !== '' && <span className="pod-gift">{facts}</span>}
      <small className="quiet">{formatMoney(price, offer.priceCurrency, i18n.language)}</small>
      <span className="pod-price">{formatMoney(amount, offer.currency, i18n.language)}</span>
    </button>
  );
}

/** What is sold for one number, by kind; ordering leads to the cashier. */
export function TopupProducts({ offer }: { readonly offer: TopupOffer }) {
  const { t, i18n } = useTranslation();
  const [chosenKey, setChosenKey] = useState<string>();
  const order = useOrderTopup(offer.msisdn);
  const chosen = offer.products.find((product) => keyOf(product) === chosenKey);
  const types = [...new Set(offer.products.map(({ type }) => type))];
  if (types.length === 0) {
    return <p className="nothing">{t('nothingForNumber')}</p>;
  }
  return (
    <section className="card">
      <h2>{t('offersFor', { number: offer.msisdn })}</h2>
      {types.map((type) => (
        <fieldset key={type}>
          <legend>{wordFor('topupType', type)}</legend>
          <div className="pods">
            {offer.products
              .filter((product) => product.type === type)
              .map((product) => (
                <ProductCard
                  key={keyOf(product)}
                  product={product}
                  offer={offer}
                  isChosen={product === chosen}
                  onChoose={() => setChosenKey(keyOf(product))}
                />
              ))}
          </div>
        </fieldset>
      ))}
      {order.isError && <Problem error={order.error} />}
      <button
        type="button"
        className="button wide"
        disabled={chosen === undefined || order.isPending}
        onClick={() => chosen !== undefined && order.mutate(chosen)}
      >
        {chosen === undefined
          ? t('chooseOffer')
          : t('payAmount', { amount: formatMoney(chosen.amount, offer.currency, i18n.language) })}
      </button>
    </section>
  );
}
