import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { shopApi } from '../api.ts';
import { Loading, Problem } from '../light/notices.tsx';
import type { Product } from '../types/catalog.ts';
import type { SavedAddress } from '../types/orders.ts';
import { CheckoutForm } from './checkout-form.tsx';

const MAX_QUANTITY = 9_999;

function NothingChosen() {
  const { t } = useTranslation();
  return (
    <div className="nothing">
      <p>{t('nothingChosen')}</p>
      <Link className="button" to="/">
        {t('backToShop')}
      </Link>
    </div>
  );
}

/** Reads what was chosen from the address, with the prices of now, and the addresses of whoever is logged in. */
export function Checkout() {
  const [parameters] = useSearchParams();
  const slug = parameters.get('product') ?? '';
  const quantity = Number(parameters.get('quantity'));
  const isChosen = slug !== '' && Number.isInteger(quantity) && quantity >= 1 && quantity <= MAX_QUANTITY;
  const product = useQuery({
    queryKey: ['product', slug],
    queryFn: () => shopApi.get<Product>(`/products/${encodeURIComponent(slug)}`),
    enabled: isChosen,
  });
  const addresses = useQuery({
    queryKey: ['addresses'],
    queryFn: () => shopApi.get<{ readonly items: readonly SavedAddress[] }>('/users/me/addresses'),
  });
  const variant = product.data?.variants.find(({ id }) => id === parameters.get('variant'));
  const failed = [product, addresses].find(({ isError }) => isError);
  if (failed !== undefined) {
    return (
      <Problem
        error={failed.error}
        onRetry={() => {
          void failed.refetch();
        }}
      />
    );
  }
  if (isChosen && (product.isPending || addresses.isPending)) {
    return <Loading />;
  }
  if (product.data === undefined || variant === undefined || addresses.data === undefined) {
    return <NothingChosen />;
  }
  return (
    <CheckoutForm
      product={product.data}
      variant={variant}
      quantity={quantity}
      addresses={addresses.data.items}
    />
  );
}
