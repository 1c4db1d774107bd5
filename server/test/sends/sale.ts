/** One purchase of a top-up, and what the operator does to it. */
import type { Chance } from '../harness/random.ts';
import type { Ground } from './ground.ts';

export interface Sale {
  readonly msisdn: string;
  readonly token: string;
  readonly key: string;
  readonly trouble: Trouble | undefined;
  /** Of the top-up, the order and the attempt, as far as it has come. */
  topupId?: string;
  orderId?: string;
  paymentId?: string;
}

export interface Trouble {
  readonly kind: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** The answer is not true: what follows from it can not be, either. */
  readonly isLie?: boolean;
}

/** What an operator's interface shows on a bad day, and answers that no interface should give. */
const TROUBLES: readonly [Trouble, ...Trouble[]] = [
  { kind: 'refused' },
  { kind: 'refused', params: { code: '207', message: 'Not enough deposit' } },
  { kind: 'commit_then_timeout', params: { ms: 20 } },
  { kind: 'commit_then_timeout', params: { ms: 1 } },
  { kind: 'error_after_commit' },
  { kind: 'error' },
  { kind: 'rate_limit' },
  { kind: 'truncated_body' },
  { kind: 'connection_refused' },
  { kind: 'unauthorised' },
  { kind: 'unauthorised_after_commit' },
  { kind: 'malformed' },
  { kind: 'delay', params: { ms: 30 } },
  { kind: 'delay', params: { ms: 80 } },
  { kind: 'refused_after_commit', isLie: true },
  { kind: 'success_without_delivery', isLie: true },
];

/** In so many of a hundred purchases the operator has trouble. */
const TROUBLED = 65;

export function planSale(
  ground: Pick<Ground, 'simulators' | 'newNumber'>,
  chance: Chance,
  token: string,
  key: string,
): Sale {
  const msisdn = ground.newNumber();
  const trouble = chance.happens(TROUBLED) ? chance.pick(TROUBLES) : undefined;
  if (trouble) {
    ground.simulators.faults.set({
      ...{ provider: 'unitel', operation: 'recharge', kind: trouble.kind, times: 'always' },
      match: { msisdn },
      params: { ...trouble.params },
    });
  }
  return { msisdn, token, key, trouble };
}
