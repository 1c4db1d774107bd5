/** Who has invited whom, and what it earns. */
import './tables.ts';
import type { Router } from '../../kernel/http/index.ts';
import type { JobHandler } from '../../kernel/jobs/index.ts';
import { coinsCredited } from '../coins/index.ts';
import type { InvitesDeps } from './deps.ts';
import { followMoney, handleRewardSettle } from './jobs.ts';
import { promiseReward } from './promise-reward.ts';
import { registerInviteRoutes } from './routes.ts';

export { acceptInvite } from './accept-invite.ts';
export type { InvitesDeps } from './deps.ts';
export { type RewardEvent, rewardCredited, rewardTakenBack } from './events.ts';
export { checkInvites, type InviteViolation } from './invariants.ts';

/** Invitations and rewards as compose wires them; subscribes to what earns a reward and to what takes it back. */
export function createInvites(deps: InvitesDeps): {
  readonly registerRoutes: (router: Router) => void;
  readonly jobs: readonly JobHandler[];
} {
  const { subscribers, config } = deps;
  subscribers.subscribe(coinsCredited, (tx, { data }) => promiseReward(tx, config, data));
  followMoney(subscribers);
  return {
    registerRoutes: (router) => registerInviteRoutes(router, deps),
    jobs: [handleRewardSettle(deps)],
  };
}
