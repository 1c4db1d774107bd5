import { startPage } from '../light/start-page.tsx';
import { cashierEn, cashierZh } from '../texts/cashier.ts';
import { Cashier } from './cashier.tsx';

const [, orderId = ''] = /^\/cashier\/([\w-]+)\/?$/.exec(location.pathname) ?? [];

await startPage('cashier', { en: cashierEn, 'zh-CN': cashierZh }, <Cashier orderId={orderId} />);
