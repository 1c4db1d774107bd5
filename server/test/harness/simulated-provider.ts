/** What every gateway against its simulator stands on: a clock, a database for its calls, the real outbound client. */
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import type { KnownPayment, KnownRefund } from '../../src/gateways/gateway.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { newId } from '../../src/kernel/ids.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createOutbound, type Outbound } from '../../src/kernel/outbound/index.ts';
import { openTestDb } from './database.ts';

/** What tests do with a simulator, whichever it is. */
export interface SimulatorVerbs {
  /** Arms one fault of the simulator. */
  plan(operation: string, kind: string, params?: Record<string, unknown>): void;
  /** Brings everything that the provider has to say and that is due. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface SimulatedProvider {
  readonly db: Db;
  readonly clock: FakeClock;
  readonly outbound: Outbound;
  readonly simulators: Simulators;
  /** `close` ends the listener first. */
  verbs(listener: { close(): Promise<void> }): SimulatorVerbs;
}

/** Starts the simulators at the time `at`; `provider` is what they call the one whose faults are planned. */
export async function openSimulatedProvider(provider: string, at: string): Promise<SimulatedProvider> {
  const clock = createFakeClock(Date.parse(at));
  const db = await openTestDb({ clock });
  const outbound = createOutbound({ db, clock, log: silentLogger });
  const simulators = await startSimulators({ delivery: 'manual', now: clock.now });
  return {
    ...{ db, clock, outbound, simulators },
    verbs: (listener) => ({
      plan: (operation, kind, params = {}) =>
        void simulators.faults.set({ provider, operation, kind, params }),
      async flush() {
        await simulators.notifications.flush();
      },
      async close() {
        await listener.close();
        await simulators.close();
        await outbound.close();
        await db.close();
      },
    }),
  };
}

/** A refund of so much (minor units) of the payment's money, as its provider may know it. */
export function knownRefund(
  payment: KnownPayment,
  amount: number,
  captureTransactionId: string,
  change: Partial<KnownRefund> = {},
): KnownRefund {
  return {
    id: newId('ref'),
    payment,
    captureTransactionId,
    amount: { amount, currency: payment.amount.currency },
    total: payment.amount,
    reason: '太小 🙁',
    notifyUrl: payment.notifyUrl,
    providerRefundId: null,
    since: payment.createdAt,
    ...change,
  };
}
