/** A headless Chromium, and pages in it that remember whatever goes wrong on them. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--headless=new',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface PageOptions {
  readonly locale?: 'en-US' | 'zh-CN';
  readonly isPhone?: boolean;
}

export interface TestBrowser {
  /** A page of a visitor of its own: nothing is stored yet, and nobody is logged in. */
  newPage(options?: PageOptions): Promise<Page>;
  /** Errors since the last call that pages threw or wrote; not those that the browser writes about refused requests. */
  takeProblems(): readonly string[];
  close(): Promise<void>;
}

export async function openBrowser(): Promise<TestBrowser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`No browser at ${CHROMIUM}: install Chromium or set CHROMIUM_PATH.`);
  }
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  const problems: string[] = [];
  return {
    async newPage({ locale = 'en-US', isPhone = false } = {}) {
      const viewport = isPhone ? { width: 390, height: 844 } : { width: 1280, height: 900 };
      const context = await browser.newContext({ locale, viewport });
      context.on('weberror', (error) => problems.push(error.error().message));
      context.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
          problems.push(message.text());
        }
      });
      return context.newPage();
    },
    takeProblems: () => problems.splice(0),
    close: () => browser.close(),
  };
}
