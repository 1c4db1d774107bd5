/** Pages on which somebody has logged in before. */
import type { Page } from 'playwright-core';
import type { PageOptions, TestBrowser } from './browser.ts';

interface Visit extends PageOptions {
  /** The program's own address. */
  readonly url: string;
  readonly path: string;
  /** An access token. */
  readonly token: string;
}

/** Whose session lies where, by the first part of the path. */
const SESSIONS: Readonly<Record<string, string>> = {
  console: 'suanpan.console',
  shop: 'suanpan.shop',
  cashier: 'suanpan.shop',
};

/** Opens a page of the console, the shop or the cashier as somebody who is logged in. */
export async function openPage(browser: TestBrowser, { url, path, token, ...options }: Visit): Promise<Page> {
  const page = await browser.newPage(options);
  const key = SESSIONS[path.split('/')[1] ?? ''];
  if (key === undefined) {
    throw new Error(`nobody logs in at ${path}`);
  }
  const session = JSON.stringify({
    tokens: { accessToken: token, refreshToken: 'not used' },
    name: 'Somebody',
  });
  await page.addInitScript(([name, text]) => localStorage.setItem(name, text), [key, session] as const);
  await page.goto(url + path);
  return page;
}
