import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Routes, useLocation } from 'react-router';
import { Frame } from '../light/frame.tsx';
import { AccountPage } from './account-page.tsx';
import { Checkout } from './checkout.tsx';
import { CoinsPage } from './coins-page.tsx';
import { LogIn } from './log-in.tsx';
import { LoggedIn } from './logged-in.tsx';
import { NoticesPage } from './notices-page.tsx';
import { OrderPage } from './order-page.tsx';
import { Orders } from './orders.tsx';
import { ProductList } from './product-list.tsx';
import { ProductPage } from './product-page.tsx';
import { AccountLinks, Sections } from './shop-links.tsx';
import { TopUpOrder } from './top-up-order.tsx';
import { TopUpPage } from './top-up-page.tsx';
import { WechatReturn } from './wechat-return.tsx';

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
    <Frame sections={<Sections />} links={<AccountLinks />}>
      <Routes>
        <Route index element={<ProductList />} />
        <Route path="products/:slug" element={<ProductPage />} />
        <Route path="log-in" element={<LogIn />} />
        <Route path="log-in/wechat" element={<WechatReturn />} />
        <Route element={<LoggedIn />}>
          <Route path="checkout" element={<Checkout />} />
          <Route path="orders" element={<Orders />} />
          <Route path="orders/:id" element={<OrderPage />} />
          <Route path="coins" element={<CoinsPage />} />
          <Route path="top-up" element={<TopUpPage />} />
          <Route path="top-up/:id" element={<TopUpOrder />} />
          <Route path="notices" element={<NoticesPage />} />
          <Route path="account" element={<AccountPage />} />
        </Route>
        <Route path="*" element={<NotFound />} />
      </Routes>
    </Frame>
  );
}
