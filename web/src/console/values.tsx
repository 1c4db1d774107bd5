/** Amounts, times, ids and statuses as the tables and pages of the console show them. */
import { Tag, Tooltip, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isId } from '../ids.ts';
import { wordFor } from '../language.ts';
import { formatExactMoment, formatMoment } from '../moments.ts';
import { formatMoney } from '../money.ts';

export function Amount({ amount, currency }: { readonly amount: number; readonly currency: string }) {
  const { i18n } = useTranslation();
  return <span className="amount">{formatMoney(amount, currency, i18n.language)}</span>;
}

export function Moment({ at }: { readonly at: string | null }) {
  const { i18n } = useTranslation();
  if (at === null) {
    return <span className="faint">–</span>;
  }
  return (
    <Tooltip title={formatExactMoment(at, i18n.language)}>
      <time dateTime={at} className="moment">
        {formatMoment(at, i18n.language)}
      </time>
    </Tooltip>
  );
}

const PAGES: readonly (readonly [prefix: string, path: string])[] = [
  ['ord_', '/orders/'],
  ['pay_', '/payments/'],
  ['dsp_', '/disputes/'],
  ['top_', '/topups/'],
  ['prod_', '/products/'],
  ['pev_', '/notifications?state=all&open='],
  ['var_', '/inventory?search='],
  ['wad_', '/wallets?tab=adjustments#'],
  ['wrc_', '/wallets?tab=receivables#'],
];

const SHOWN_AT_THE_END = 6;

/** The kind of thing and the end of its id, which is enough to tell the few in one table apart. */
export function shorten(id: string): string {
  if (!isId(id)) {
    return id;
  }
  return `${id.slice(0, id.indexOf('_') + 1)}…${id.slice(-SHOWN_AT_THE_END)}`;
}

/** An id, as a link where there is a page for it. */
export function Id({ id, isShort = false }: { readonly id: string | null; readonly isShort?: boolean }) {
  if (id === null) {
    return <span className="faint">–</span>;
  }
  const page = PAGES.find(([prefix]) => id.startsWith(prefix));
  const shown = isShort ? shorten(id) : id;
  return page === undefined ? (
    <Typography.Text className="id" title={id} copyable={{ text: id, tooltips: false }}>
      {shown}
    </Typography.Text>
  ) : (
    <Link className="id" title={id} to={page[1] + encodeURIComponent(id)}>
      {shown}
    </Link>
  );
}

/** What a person or a program has noted. */
export function Note({ text }: { readonly text: string | null }) {
  return text !== null && isId(text) ? <Id id={text} isShort /> : text;
}

interface By {
  readonly type: string;
  readonly id: string | null;
}

/** Who did something: providers by their names, people by their ids, the program's own work by its name. */
export function Actor({ actor: { type, id }, isShort = false }: { actor: By; isShort?: boolean }) {
  const name = id !== null && isShort ? shorten(id) : id;
  return (
    <span title={id ?? undefined}>
      {wordFor('actor', type)} {type === 'provider' && id !== null ? wordFor('provider', id) : name}
    </span>
  );
}

const COLOURS: Readonly<Record<string, string>> = {
  pending: 'gold',
  unpaid: 'default',
  authorized: 'cyan',
  paid: 'green',
  confirmed: 'green',
  processing: 'cyan',
  in_progress: 'cyan',
  shipped: 'blue',
  delivered: 'blue',
  completed: 'green',
  fulfilled: 'green',
  succeeded: 'green',
  applied: 'green',
  resolved: 'green',
  active: 'green',
  created: 'gold',
  reserved: 'gold',
  sent: 'gold',
  stored: 'gold',
  refund_pending: 'gold',
  partially_refunded: 'purple',
  refunded: 'purple',
  returned: 'purple',
  matched: 'gold',
  recorded: 'gold',
  held: 'gold',
  settled: 'green',
  due: 'gold',
  granted: 'green',
  reduced: 'purple',
  unmatched: 'volcano',
  reversing: 'volcano',
  reversed: 'purple',
  unknown: 'volcano',
  quarantined: 'volcano',
  abnormal: 'volcano',
  requested: 'volcano',
  needs_response: 'volcano',
  under_review: 'gold',
  won: 'green',
  lost: 'red',
  requires_review: 'volcano',
  failed: 'red',
  critical: 'red',
  open: 'volcano',
  high: 'volcano',
  medium: 'gold',
  warning: 'gold',
};

/** A status in the reader's words. `kind` says whose words. */
export function Status({ kind, value }: { readonly kind: string; readonly value: string }) {
  return (
    <Tag color={COLOURS[value] ?? 'default'} variant="filled">
      {wordFor(kind, value)}
    </Tag>
  );
}

/** Data that has no page of its own, readable as it is. */
export function Json({ value }: { readonly value: unknown }) {
  return <pre className="json">{JSON.stringify(value, null, 2)}</pre>;
}
