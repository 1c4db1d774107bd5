/** What outlives every process of a run: the database, the provider, the operator, and the time. */
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createOutbound, type Outbound } from '../../src/kernel/outbound/index.ts';
import { openTestDb } from '../harness/database.ts';
import { createFakeGateway, type FakeGateway } from '../harness/fake-gateway.ts';

const START = Date.parse('2026-11-20T04:00:00Z');

export interface Ground {
  readonly clock: FakeClock;
  readonly db: Db;
  readonly outbound: Outbound;
  readonly gateway: FakeGateway;
  readonly simulators: Simulators;
  /** A number of the operator that nobody has had. */
  newNumber(): string;
  close(): Promise<void>;
}

export async function openGround(): Promise<Ground> {
  const clock = createFakeClock(START);
  const db = await openTestDb({ clock, rehearse: false });
  const simulators = await startSimulators({ delivery: 'manual', now: clock.now });
  const outbound = createOutbound({ db, clock, log: silentLogger });
  let numbers = 0;
  return {
    ...{ clock, db, outbound, simulators },
    gateway: createFakeGateway(clock),
    newNumber() {
      numbers += 1;
      return `88${String(numbers).padStart(6, '0')}`;
    },
    async close() {
      await outbound.close();
      await simulators.close();
      await db.close();
    },
  };
}
