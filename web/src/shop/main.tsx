import { BrowserRouter } from 'react-router';
import { startPage } from '../light/start-page.tsx';
import { shopEn, shopZh } from '../texts/shop.ts';
import { Shop } from './shop.tsx';
import './shop.css';

await startPage(
  'shop',
  { en: shopEn, 'zh-CN': shopZh },
  <BrowserRouter basename="/shop">
    <Shop />
  </BrowserRouter>,
);
