import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { initLanguage } from '../language.ts';
import { consoleEn } from '../texts/console-en.ts';
import { consoleZh } from '../texts/console-zh.ts';
import { reconciliationEn, reconciliationZh } from '../texts/reconciliation.ts';
import { Console } from './console.tsx';
import './console.css';

await initLanguage('console', {
  en: { ...consoleEn, ...reconciliationEn },
  'zh-CN': { ...consoleZh, ...reconciliationZh },
});
const root = document.querySelector('#root');
if (root === null) {
  throw new Error('the page has no element #root');
}
createRoot(root).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
