import { useQuery } from '@tanstack/react-query';
import { Badge, Menu } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { consoleApi } from '../api.ts';
import type { Page } from '../types/page.ts';
import { useMay } from './use-me.ts';

interface Place {
  readonly name: string;
  readonly path: string;
  readonly permission: string;
  /** Other paths that belong to it. */
  readonly also?: string;
}

const PLACES: readonly { readonly group: string; readonly places: readonly Place[] }[] = [
  {
    group: 'sell',
    places: [
      { name: 'orders', path: '/', permission: 'orders.read' },
      { name: 'products', path: '/products', permission: 'products.read' },
      { name: 'inventory', path: '/inventory', permission: 'inventory.read' },
    ],
  },
  {
    group: 'attention',
    places: [
      { name: 'alerts', path: '/alerts', permission: 'alerts.read' },
      { name: 'reviews', path: '/reviews', permission: 'risk.read' },
      { name: 'quarantine', path: '/notifications', permission: 'payments.read' },
      { name: 'jobs', path: '/jobs', permission: 'jobs.read' },
    ],
  },
  {
    group: 'money',
    places: [
      { name: 'payments', path: '/payments', permission: 'payments.read' },
      { name: 'refundRequests', path: '/refund-requests', permission: 'payments.read' },
      { name: 'refunds', path: '/refunds', permission: 'payments.read' },
      { name: 'statements', path: '/bank-statements', permission: 'bank_statements.read' },
      { name: 'cash', path: '/cash', permission: 'cash.read' },
      { name: 'reconciliation', path: '/reconciliation', permission: 'reconciliation.read' },
      { name: 'disputes', path: '/disputes', permission: 'payments.read' },
    ],
  },
  {
    group: 'virtual',
    places: [
      { name: 'topups', path: '/topups', permission: 'topups.read' },
      { name: 'coins', path: '/coins', permission: 'coins.read' },
      { name: 'wallets', path: '/wallets', permission: 'wallet.read', also: '/customers' },
      { name: 'invites', path: '/invites', permission: 'invites.read' },
    ],
  },
  { group: 'records', places: [{ name: 'audit', path: '/audit', permission: 'audit.read' }] },
];

const COUNT_EVERY_MS = 30_000;

/** How many things wait in a list; asked for again every half minute. */
function useCount(path: string, query: Readonly<Record<string, string>>, isAllowed: boolean): number {
  const page = useQuery({
    queryKey: ['count', path, query],
    queryFn: () => consoleApi.get<Page<unknown>>(path, { limit: 1, ...query }),
    refetchInterval: COUNT_EVERY_MS,
    enabled: isAllowed,
  });
  return page.data?.pagination.total ?? 0;
}

/** How many there are in a list that comes as a whole. */
function useLength(path: string, isAllowed: boolean): number {
  const whole = useQuery({
    queryKey: [path],
    queryFn: () => consoleApi.get<{ readonly items: readonly unknown[] }>(path),
    refetchInterval: COUNT_EVERY_MS,
    enabled: isAllowed,
  });
  return whole.data?.items.length ?? 0;
}

/** The place whose path is the longest beginning of where we are; orders are at the root. */
function placeOf(pathname: string): string {
  const isAt = ({ path, also }: Place) =>
    (path !== '/' && pathname.startsWith(path)) || (also !== undefined && pathname.startsWith(also));
  return PLACES.flatMap(({ places }) => places).find(isAt)?.path ?? '/';
}

export function Navigation({ onGo }: { readonly onGo?: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const may = useMay();
  const counts: Readonly<Record<string, number>> = {
    alerts: useCount('/admin/alerts', { state: 'open' }, may('alerts.read')),
    reviews: useCount('/admin/risk/reviews', {}, may('risk.read')),
    quarantine: useCount('/admin/provider-events', { state: 'quarantined' }, may('payments.read')),
    refundRequests: useCount('/admin/refund-requests', { status: 'requested' }, may('payments.read')),
    disputes: useCount('/admin/disputes', { status: 'needs_response' }, may('payments.read')),
    payments: useCount('/admin/payments', { status: 'unknown' }, may('payments.read')),
    statements: useCount('/admin/bank-statement-lines', { state: 'matched' }, may('bank_statements.read')),
    cash: useCount('/admin/cash-remittances', { state: 'recorded' }, may('cash.read')),
    reconciliation: useCount(
      '/admin/reconciliation/differences',
      { state: 'open' },
      may('reconciliation.read'),
    ),
    wallets: useCount('/admin/wallet-adjustments', { status: 'requested' }, may('wallet.read')),
    jobs: useLength('/admin/jobs', may('jobs.read')),
    topups: useLength('/admin/topups/waiting', may('topups.read')),
  };
  const items = PLACES.map(({ group, places }) => ({
    key: group,
    type: 'group' as const,
    label: t(`group.${group}`),
    children: places
      .filter(({ permission }) => may(permission))
      .map(({ name, path }) => ({
        key: path,
        label: (
          <Link className="place" to={path} onClick={onGo}>
            {t(`nav.${name}`)}
            <Badge count={counts[name] ?? 0} size="small" overflowCount={99} />
          </Link>
        ),
      })),
  })).filter(({ children }) => children.length > 0);
  return <Menu mode="inline" className="navigation" selectedKeys={[placeOf(pathname)]} items={items} />;
}
