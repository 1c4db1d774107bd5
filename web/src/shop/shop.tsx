import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Routes, useLocation } from 'react-router';
import { Frame } from '../light/frame.tsx';
import { shopSession } from '../session.ts';
import { useSession } from '../use-session.ts';
import { Checkout } from './checkout.tsx';
import { LogIn } from './log-in.tsx';
import { logOut } from './log-out.ts';
import { OrderPage } from './order-page.tsx';
import { Orders } from './orders.tsx';
import { ProductList } from './product-list.tsx';
import { ProductPage } from './product-page.tsx';
import { WechatReturn } from './wechat-return.tsx';

function AccountLinks() {
  const { t } = useTranslation();
  const session = useSession(shopSession);
  if (session === undefined) {
    return <Link to="/log-in">{t('logIn')}</Link>;
  }
  return (
    <>
      <Link to="/orders">{t('myOrders')}</Link>
      <button type="button" className="link" onClick={logOut} title={session.name}>
        {t('logOut')}
      </button>
    </>
  );
}

function NotFound() {
  const { t } = useTranslation();
  return (
    <div className="nothing">
      <p>{t('notFound')}</p>
      <Link className="button" to="/">
        {t('backToShop')}
      </Link>
    </div>
  );
}

/** A new page begins at its top. */
function useScrollToTop(): void {
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of the path that scrolls.
  useEffect(() => {
    scrollTo(0, 0);
  }, [pathname]);
}

export function Shop() {
  useScrollToTop();
  return (
    <Frame links={<AccountLinks />}>
      <Routes>
        <Route index element={<ProductList />} />
        <Route path="products/:slug" element={<ProductPage />} />
        <Route path="log-in" element={<LogIn />} />
        <Route path="log-in/wechat" element={<WechatReturn />} />
        <Route path="checkout" element={<Checkout />} />
        <Route path="orders" element={<Orders />} />
        <Route path="orders/:id" element={<OrderPage />} />
        <Route path="*" element={<NotFound />} />
      </Routes>
    </Frame>
  );
}
