import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { shopApi } from '../api.ts';
import { textOf } from '../form-text.ts';
import { Loading, Problem } from '../light/notices.tsx';
import type { Category, ProductSummary } from '../types/catalog.ts';
import type { Page } from '../types/page.ts';
import { Pager } from './pager.tsx';
import { ProductCard } from './product-card.tsx';

const PAGE_SIZE = 24;
const SORTS = { newest: '-createdAt', cheapest: 'price', dearest: '-price', name: 'name' } as const;
type Sort = keyof typeof SORTS;

/** The filters stand in the address, so that going back from a product finds the list as it was. */
function useFilters() {
  const [parameters, setParameters] = useSearchParams();
  const sort = parameters.get('sort');
  return {
    search: parameters.get('search') ?? '',
    category: parameters.get('category') ?? '',
    sort: sort !== null && sort in SORTS ? (sort as Sort) : undefined,
    page: Math.max(1, Number(parameters.get('page')) || 1),
    /** Another filter begins at its first page. */
    change(changes: Readonly<Record<string, string>>) {
      setParameters((before) => {
        const next = new URLSearchParams(before);
        next.delete('page');
        for (const [name, value] of Object.entries(changes)) {
          if (value === '') {
            next.delete(name);
          } else {
            next.set(name, value);
          }
        }
        return next;
      });
    },
  };
}

type Filters = ReturnType<typeof useFilters>;

function SearchBar({ filters }: { readonly filters: Filters }) {
  const { t } = useTranslation();
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    filters.change({ search: textOf(new FormData(event.currentTarget), 'search') });
  };
  return (
    // The key fills the box anew when the search is changed from outside, such as by going back.
    <search key={filters.search}>
      <form className="search" onSubmit={onSubmit}>
        <input
          type="search"
          name="search"
          aria-label={t('search')}
          placeholder={t('searchPlaceholder')}
          defaultValue={filters.search}
          maxLength={100}
        />
        <button className="button" type="submit">
          {t('search')}
        </button>
      </form>
    </search>
  );
}

function CategoryChips({ filters }: { readonly filters: Filters }) {
  const { t } = useTranslation();
  const categories = useQuery({
    queryKey: ['categories'],
    queryFn: () => shopApi.get<{ readonly items: readonly Category[] }>('/categories'),
    staleTime: 300_000,
  });
  const items = categories.data?.items ?? [];
  if (items.length === 0) {
    return null;
  }
  return (
    <fieldset className="chips" aria-label={t('categories')}>
      {[{ id: '', slug: '', name: t('allCategories') }, ...items].map(({ id, slug, name }) => (
        <button
          key={id}
          type="button"
          className="chip"
          aria-pressed={filters.category === slug}
          onClick={() => filters.change({ category: slug })}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

function ListHead({ filters, total }: { readonly filters: Filters; readonly total: string }) {
  const { t } = useTranslation();
  return (
    <div className="list-head">
      <p className="quiet" aria-live="polite">
        {total}
      </p>
      <label className="sort">
        <span>{t('sort')}</span>
        <select
          value={filters.sort ?? (filters.search === '' ? 'newest' : '')}
          onChange={(event) => filters.change({ sort: event.target.value })}
        >
          {filters.search !== '' && <option value="">{t('sort.relevance')}</option>}
          {Object.keys(SORTS).map((sort) => (
            <option key={sort} value={sort}>
              {t(`sort.${sort}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

export function ProductList() {
  const { t } = useTranslation();
  const filters = useFilters();
  const { search, category, sort, page } = filters;
  const query = {
    page,
    limit: PAGE_SIZE,
    search: search === '' ? undefined : search,
    category: category === '' ? undefined : category,
    sort: sort === undefined ? undefined : SORTS[sort],
  };
  const products = useQuery({
    queryKey: ['products', query],
    queryFn: () => shopApi.get<Page<ProductSummary>>('/products', query),
    placeholderData: keepPreviousData,
  });
  const pagination = products.data?.pagination;
  const totalKey = pagination?.isTotalCapped ? 'manyProducts' : 'productCount';
  return (
    <>
      <SearchBar filters={filters} />
      <CategoryChips filters={filters} />
      {products.isError && (
        <Problem
          error={products.error}
          onRetry={() => {
            void products.refetch();
          }}
        />
      )}
      {products.isPending && <Loading />}
      {products.data !== undefined && (
        <div className={products.isPlaceholderData ? 'stale' : ''}>
          <ListHead filters={filters} total={t(totalKey, { count: pagination?.total ?? 0 })} />
          {products.data.items.length === 0 && (
            <div className="nothing">
              <p>{t('noProducts')}</p>
              <Link className="button secondary" to="/">
                {t('clearFilters')}
              </Link>
            </div>
          )}
          <ul className="grid">
            {products.data.items.map((product) => (
              <ProductCard key={product.id} product={product} />
            ))}
          </ul>
          <Pager pagination={products.data.pagination} />
        </div>
      )}
    </>
  );
}
