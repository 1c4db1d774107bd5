import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { shopApi } from '../api.ts';
import { Answered } from '../light/notices.tsx';
import { Picture } from '../light/picture.tsx';
import { formatMoney } from '../money.ts';
import { toSafeElements } from '../safe-html.ts';
import type { Product, Variant } from '../types/catalog.ts';
import { BuyBox } from './buy-box.tsx';

function Gallery({ product, variant }: { readonly product: Product; readonly variant: Variant | undefined }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string>();
  const shown = chosen ?? variant?.image ?? product.image?.url ?? null;
  return (
    <div className="gallery">
      <Picture url={shown} alt={product.name} name={product.name} />
      {product.images.length > 1 && (
        <div className="thumbs">
          {product.images.map(({ url }, index) => (
            <button
              key={url}
              type="button"
              aria-label={t('image', { number: index + 1 })}
              aria-pressed={url === shown}
              onClick={() => setChosen(url)}
            >
              <Picture url={url} alt="" name={product.name} className="thumb" />
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function Price({ variant }: { readonly variant: Variant }) {
  const { i18n } = useTranslation();
  const { price, unitPrice, currency } = variant;
  return (
    <p className="price large">
      <strong>{formatMoney(price, currency, i18n.language)}</strong>
      {price < unitPrice && <s>{formatMoney(unitPrice, currency, i18n.language)}</s>}
    </p>
  );
}

function ProductView({ product }: { readonly product: Product }) {
  const { t } = useTranslation();
  const [values, setValues] = useState<readonly string[]>(
    () => (product.variants.find(({ inStock }) => inStock) ?? product.variants[0])?.optionValues ?? [],
  );
  const variant = product.variants.find(({ optionValues }) =>
    optionValues.every((value, index) => value === values[index]),
  );
  const description = toSafeElements(product.description);
  return (
    <article className="product-page">
      <Gallery key={variant?.id} product={product} variant={variant} />
      <div className="product-facts">
        <p className="quiet">{product.brand?.name ?? product.category.name}</p>
        <h1>{product.name}</h1>
        {variant !== undefined && <Price variant={variant} />}
        <BuyBox product={product} variant={variant} values={values} onChoose={setValues} />
      </div>
      {description.length > 0 && (
        <section className="description">
          <h2>{t('description')}</h2>
          {description}
        </section>
      )}
    </article>
  );
}

export function ProductPage() {
  const { slug = '' } = useParams();
  const product = useQuery({
    queryKey: ['product', slug],
    queryFn: () => shopApi.get<Product>(`/products/${encodeURIComponent(slug)}`),
  });
  return <Answered query={product}>{(found) => <ProductView key={found.id} product={found} />}</Answered>;
}
