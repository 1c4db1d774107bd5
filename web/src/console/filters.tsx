/** The filters above a list. Each writes into the address through the list's state. */
import { Input, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../language.ts';
import type { ListState } from './use-list.ts';

interface FilterProps {
  readonly list: Pick<ListState<unknown>, 'filter' | 'change'>;
  readonly name: string;
  readonly label: string;
}

interface SearchProps extends FilterProps {
  /** Where much can be searched by, and the label says it. */
  readonly isWide?: boolean;
}

/** A text that is searched for on Enter. */
export function SearchFilter({ list, name, label, isWide = false }: SearchProps) {
  const value = list.filter(name);
  return (
    <Input.Search
      key={value}
      className={isWide ? 'filter-search filter-search-wide' : 'filter-search'}
      aria-label={label}
      placeholder={label}
      defaultValue={value}
      allowClear
      onSearch={(text) => list.change({ [name]: text.trim() })}
    />
  );
}

interface ChoiceProps extends FilterProps {
  /** Whose words the values have, as in `wordFor`. */
  readonly kind: string;
  readonly values: readonly string[];
  /** What the list shows when nothing is chosen; without it everything. */
  readonly initial?: string;
}

const EVERYTHING = 'all';

/** One value of a few. */
export function ChoiceFilter({ list, name, label, kind, values, initial = EVERYTHING }: ChoiceProps) {
  const { t } = useTranslation();
  const shown = list.filter(name) || initial;
  return (
    <Select
      className="filter-choice"
      aria-label={label}
      value={shown}
      prefix={<span className="faint">{label}</span>}
      popupMatchSelectWidth={false}
      onChange={(value: string) => list.change({ [name]: value === initial ? '' : value })}
      options={[
        { value: EVERYTHING, label: t('all') },
        ...values.map((value) => ({ value, label: wordFor(kind, value) })),
      ]}
    />
  );
}

/** The value of a {@link ChoiceFilter} as the API takes it. */
export function chosen(filter: string, initial?: string): string | undefined {
  const value = filter || (initial ?? EVERYTHING);
  return value === EVERYTHING ? undefined : value;
}

/** A day; the device's own picker, which everybody knows. */
export function DayFilter({ list, name, label }: FilterProps) {
  return (
    <Input
      className="filter-day"
      type="date"
      aria-label={label}
      prefix={<span className="faint">{label}</span>}
      value={list.filter(name)}
      onChange={(event) => list.change({ [name]: event.target.value })}
    />
  );
}

export function Filters({ children }: { readonly children: ReactNode }) {
  return <div className="filters">{children}</div>;
}
