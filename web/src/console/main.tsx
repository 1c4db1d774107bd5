import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { initLanguage } from '../language.ts';
import { consoleTexts } from '../texts/console.ts';
import { Console } from './console.tsx';
import './console.css';

await initLanguage('console', consoleTexts);
const root = document.querySelector('#root');
if (root === null) {
  throw new Error('the page has no element #root');
}
createRoot(root).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
