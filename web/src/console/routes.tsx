import { createBrowserRouter, type RouteObject } from 'react-router';
import { Loading } from './notices.tsx';
import { RouteFailed, RouteNotFound } from './route-failed.tsx';

/** Each page is a chunk of its own, loaded when somebody goes there. */
const PAGES: readonly RouteObject[] = [
  {
    index: true,
    lazy: async () => ({ Component: (await import('./orders/orders-page.tsx')).OrdersPage }),
  },
  {
    path: 'orders/:id',
    lazy: async () => ({ Component: (await import('./orders/order-page.tsx')).OrderPage }),
  },
  {
    path: 'products',
    lazy: async () => ({ Component: (await import('./products/products-page.tsx')).ProductsPage }),
  },
  {
    path: 'products/:id',
    lazy: async () => ({ Component: (await import('./products/product-page.tsx')).ProductPage }),
  },
  {
    path: 'inventory',
    lazy: async () => ({ Component: (await import('./products/inventory-page.tsx')).InventoryPage }),
  },
  {
    path: 'payments',
    lazy: async () => ({ Component: (await import('./money/payments-page.tsx')).PaymentsPage }),
  },
  {
    path: 'payments/:id',
    lazy: async () => ({ Component: (await import('./money/payment-page.tsx')).PaymentPage }),
  },
  {
    path: 'refunds',
    lazy: async () => ({ Component: (await import('./money/refunds-page.tsx')).RefundsPage }),
  },
  {
    path: 'bank-statements',
    lazy: async () => ({ Component: (await import('./bank/statement-lines-page.tsx')).StatementLinesPage }),
  },
  {
    path: 'cash',
    lazy: async () => ({ Component: (await import('./cash/cash-page.tsx')).CashPage }),
  },
  {
    path: 'reconciliation',
    lazy: async () => ({
      Component: (await import('./reconciliation/reconciliation-page.tsx')).ReconciliationPage,
    }),
  },
  {
    path: 'reviews',
    lazy: async () => ({ Component: (await import('./risk/reviews-page.tsx')).ReviewsPage }),
  },
  {
    path: 'refund-requests',
    lazy: async () => ({ Component: (await import('./money/refund-requests-page.tsx')).RefundRequestsPage }),
  },
  {
    path: 'disputes',
    lazy: async () => ({ Component: (await import('./money/disputes-page.tsx')).DisputesPage }),
  },
  {
    path: 'disputes/:id',
    lazy: async () => ({ Component: (await import('./money/dispute-page.tsx')).DisputePage }),
  },
  {
    path: 'topups',
    lazy: async () => ({ Component: (await import('./topups/topups-page.tsx')).TopupsPage }),
  },
  {
    path: 'topups/:id',
    lazy: async () => ({ Component: (await import('./topups/topup-page.tsx')).TopupPage }),
  },
  {
    path: 'coins',
    lazy: async () => ({ Component: (await import('./coins/coins-page.tsx')).CoinsPage }),
  },
  {
    path: 'wallets',
    lazy: async () => ({ Component: (await import('./wallet/wallets-page.tsx')).WalletsPage }),
  },
  {
    path: 'customers/:id',
    lazy: async () => ({ Component: (await import('./customer-page.tsx')).CustomerPage }),
  },
  {
    path: 'invites',
    lazy: async () => ({ Component: (await import('./invites/invites-page.tsx')).InvitesPage }),
  },
  {
    path: 'alerts',
    lazy: async () => ({ Component: (await import('./attention/alerts-page.tsx')).AlertsPage }),
  },
  {
    path: 'notifications',
    lazy: async () => ({
      Component: (await import('./attention/provider-events-page.tsx')).ProviderEventsPage,
    }),
  },
  {
    path: 'jobs',
    lazy: async () => ({ Component: (await import('./attention/jobs-page.tsx')).JobsPage }),
  },
  {
    path: 'audit',
    lazy: async () => ({ Component: (await import('./attention/audit-page.tsx')).AuditPage }),
  },
];

export const router = createBrowserRouter(
  [
    {
      path: '/log-in',
      HydrateFallback: Loading,
      ErrorBoundary: RouteFailed,
      lazy: async () => ({ Component: (await import('./log-in.tsx')).LogIn }),
    },
    {
      path: '/',
      HydrateFallback: Loading,
      ErrorBoundary: RouteFailed,
      lazy: async () => ({ Component: (await import('./frame.tsx')).Frame }),
      children: [
        { ErrorBoundary: RouteFailed, children: [...PAGES, { path: '*', Component: RouteNotFound }] },
      ],
    },
  ],
  { basename: '/console' },
);
