import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MINT, openWalletStand, type WalletStand } from '../../../test/harness/wallet.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';

interface Brought {
  readonly origin: string;
  readonly paid: number;
  readonly gift: number;
}

/** A customer with what was done to their wallet so far. */
interface Played {
  readonly stand: WalletStand;
  readonly customerId: string;
  readonly credits: Brought[];
  readonly holds: string[];
  readonly taken: Brought[];
}

type Step = (played: Played) => Promise<unknown>;

const amount = fc.integer({ min: 1, max: 400 });
const choice = fc.nat(20);
const minutes = fc.integer({ min: 1, max: 60 });

const occasion = () => ({ cause: newId('tkb'), purpose: { type: 'order', id: 'ord_1' }, by: MINT });

function pick<T>(from: readonly T[], index: number): T | undefined {
  return from[index % Math.max(1, from.length)];
}

function pull<T>(from: T[], index: number): T | undefined {
  return from.splice(index % Math.max(1, from.length), 1)[0];
}

const credit = (paid: number, gift: number, lasts: number): Step => {
  return async ({ stand, customerId, credits }) => {
    const giftExpiresAt = stand.clock.now() + lasts * MINUTE_MS;
    credits.push({ origin: await stand.credit(customerId, { paid, gift, giftExpiresAt }), paid, gift });
  };
};

const spend = (coins: number): Step => {
  return ({ stand, customerId }) =>
    stand.tx((tx) => stand.wallets.spend(tx, stand.spending(customerId, coins)));
};

const hold = (coins: number, lasts: number): Step => {
  return async ({ stand, customerId, holds }) => {
    const until = stand.clock.now() + lasts * MINUTE_MS;
    const spending = stand.spending(customerId, coins);
    holds.push((await stand.tx((tx) => stand.wallets.hold(tx, spending, until))).hold.id);
  };
};

const settle = (index: number, coins: number): Step => {
  return ({ stand, holds }) =>
    stand.tx((tx) => stand.wallets.settleHold(tx, pick(holds, index) ?? '', { amount: coins, by: MINT }));
};

const release = (index: number): Step => {
  return ({ stand, holds }) =>
    stand.tx((tx) => stand.wallets.releaseHold(tx, pick(holds, index) ?? '', MINT));
};

const takeBack = (index: number, percent: number): Step => {
  return async ({ stand, customerId, credits, taken }) => {
    const from = pull(credits, index);
    if (from === undefined) {
      return;
    }
    const part = (coins: number) => Math.floor((coins * percent) / 100);
    const back = { origin: from.origin, paid: part(from.paid), gift: part(from.gift) };
    const wanted = { ...occasion(), ...back, customerId, shortfall: 'receivable' } as const;
    await stand.tx((tx) => stand.wallets.takeBack(tx, wanted));
    taken.push(back);
  };
};

const giveBack = (index: number): Step => {
  return async ({ stand, customerId, taken }) => {
    const back = pull(taken, index);
    if (back !== undefined) {
      await stand.tx((tx) => stand.wallets.giveBack(tx, { ...occasion(), ...back, customerId }));
    }
  };
};

const wait = (lasts: number): Step => {
  return ({ stand }) => {
    stand.clock.advance(lasts * MINUTE_MS);
    return stand.worker.drain();
  };
};

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.nat(500), amount, minutes).map((args) => credit(...args)),
  amount.map(spend),
  fc.tuple(amount, minutes).map((args) => hold(...args)),
  fc.tuple(choice, amount).map((args) => settle(...args)),
  choice.map(release),
  fc.tuple(choice, fc.integer({ min: 1, max: 100 })).map((args) => takeBack(...args)),
  choice.map(giveBack),
  minutes.map(wait),
);

/** Each step is refused or done whole; whichever it was, every invariant holds afterwards. */
test('whatever is done to a wallet, coins are neither made nor lost', async () => {
  const stand = await openWalletStand();
  const play = async (steps: readonly Step[]) => {
    const played: Played = { stand, customerId: newId('usr'), credits: [], holds: [], taken: [] };
    for (const act of steps) {
      await act(played).catch((error: unknown) => {
        if (!(error instanceof AppError)) {
          throw error;
        }
      });
    }
    expect(await stand.violations()).toEqual([]);
  };
  try {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), play), { numRuns: 20 });
  } finally {
    await stand.close();
  }
}, 120_000);
