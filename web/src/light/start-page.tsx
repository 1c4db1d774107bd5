import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { initLanguage, type Language } from '../language.ts';
import { createQueryClient } from '../query-client.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import './light.css';

/** Starts a page of the shop or the cashier. */
export async function startPage(
  namespace: string,
  texts: Readonly<Record<Language, Readonly<Record<string, string>>>>,
  page: ReactNode,
): Promise<void> {
  await initLanguage(namespace, texts);
  const root = document.querySelector('#root');
  if (root === null) {
    throw new Error('the page has no element #root');
  }
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <QueryClientProvider client={createQueryClient()}>{page}</QueryClientProvider>
      </ErrorBoundary>
    </StrictMode>,
  );
}
