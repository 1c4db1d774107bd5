/** What the stories of staff at the console have in common: a shop, a browser, a clerk, and a new buyer in each test. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { TestAppOptions, TestBuyer } from '../../server/test/harness/app.ts';
import { newStaff, type TestStaff } from '../../server/test/harness/staff.ts';
import { openStage, type Stage } from '../../server/test/scenarios/stage.ts';
import { openBrowser, type PageOptions, type TestBrowser } from './browser.ts';
import { openPage } from './pages.ts';

/** How long the page may take to show what it was told; the machine may be busy. */
const SOON = { timeout: 15_000 };

interface StoryOptions {
  /** What the clerk may do. */
  readonly permissions: readonly string[];
  readonly app?: TestAppOptions;
  /** What must hold after all tests; by default that the books are sound, the provider's too. */
  readonly expectAtEnd?: (stage: Stage) => Promise<void>;
}

/** What the tests of one file work with; nothing of it is there before they run. */
export interface StaffStory {
  readonly stage: Stage;
  readonly browser: TestBrowser;
  readonly clerk: TestStaff;
  /** Somebody else in each test, unless the test takes another. */
  buyer: TestBuyer;
  /** A page of the console on which that member of staff is logged in. */
  consoleOf(staff: Pick<TestStaff, 'token'>, path: string, options?: PageOptions): Promise<Page>;
  /** A page of the shop on which that customer is logged in. */
  shopOf(customer: Pick<TestBuyer, 'token'>, path: string, options?: PageOptions): Promise<Page>;
  /** The buyer's order once it is as wished; it is looked at from outside the page. */
  expectOrder(id: string, wished: object): Promise<void>;
}

/** Begins the stories of one file: opens everything before its tests and closes it after them, when all must be in order. */
export function tellStaffStory({ permissions, app, expectAtEnd }: StoryOptions): StaffStory {
  let stage: Stage;
  let browser: TestBrowser;
  let clerk: TestStaff;
  let buyer: TestBuyer;

  beforeAll(async () => {
    stage = await openStage(app);
    browser = await openBrowser();
    clerk = await newStaff(stage, permissions);
  });
  beforeEach(async () => {
    stage.simulators.faults.clear();
    buyer = await stage.newBuyer();
  });
  afterEach(() => expect(browser.takeProblems()).toEqual([]));
  afterAll(async () => {
    await browser.close();
    await (expectAtEnd === undefined ? stage.expectSound() : expectAtEnd(stage));
    await stage.close();
  });

  const open = (path: string, token: string, options: PageOptions = {}) =>
    openPage(browser, { url: stage.url, path, token, ...options });
  return {
    get stage() {
      return stage;
    },
    get browser() {
      return browser;
    },
    get clerk() {
      return clerk;
    },
    get buyer() {
      return buyer;
    },
    set buyer(other) {
      buyer = other;
    },
    consoleOf: ({ token }, path, options) => open(`/console${path}`, token, options),
    shopOf: ({ token }, path, options) => open(`/shop${path}`, token, options),
    async expectOrder(id, wished) {
      await expect.poll(() => stage.order(buyer, id), SOON).toMatchObject(wished);
    },
  };
}
