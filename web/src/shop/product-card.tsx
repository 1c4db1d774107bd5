import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Picture } from '../light/picture.tsx';
import { formatMoney } from '../money.ts';
import type { ProductSummary } from '../types/catalog.ts';

/** One product in the list. */
export function ProductCard({ product }: { readonly product: ProductSummary }) {
  const { t, i18n } = useTranslation();
  const { name, slug, image, currency, minPrice, maxPrice, listPrice, isOnSale, brand, category } = product;
  const price = formatMoney(minPrice, currency, i18n.language);
  return (
    <li>
      <Link className="product" to={`/products/${encodeURIComponent(slug)}`}>
        <span className="product-picture">
          <Picture url={image?.url ?? null} alt={image?.alt ?? ''} name={name} />
          {isOnSale && <span className="flag">{t('sale')}</span>}
        </span>
        <span className="quiet product-kind">{brand?.name ?? category.name}</span>
        <span className="product-name">{name}</span>
        <span className="price">
          <strong>{minPrice === maxPrice ? price : t('from', { price })}</strong>
          {isOnSale && <s>{formatMoney(listPrice, currency, i18n.language)}</s>}
        </span>
      </Link>
    </li>
  );
}
