/** The operator connected to the simulator of Unitel by the real outbound client. */
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createOutbound } from '../../src/kernel/outbound/index.ts';
import type { DeliveryRequest, DeliveryResult, Operator, SendPermit } from '../../src/operators/operator.ts';
import { createUnitelOperator, type UnitelSettings } from '../../src/operators/unitel/index.ts';
import { openTestDb } from './database.ts';

export interface SimulatedUnitel {
  readonly clock: FakeClock;
  readonly simulators: Simulators;
  readonly operator: Operator;
  /** Begins anew: the simulator has forgotten everything, and the operator has no token. */
  reset(change?: Partial<UnitelSettings>): void;
  /** What the operator was asked for, oldest first. */
  asked(): string[];
  newDelivery(change?: Partial<DeliveryRequest>): DeliveryRequest;
  /** Fetches what a delivery needs. */
  permit(): Promise<SendPermit>;
  /** Prepares and sends. */
  deliver(change?: Partial<DeliveryRequest>, startWithinMs?: number): Promise<DeliveryResult>;
  /** Arms one fault of the simulator. */
  plan(operation: string, kind: string, params?: Record<string, unknown>): void;
  /** The calls as they are kept for people to read. Nothing can be called afterwards until a reset. */
  storedCalls(): Promise<string>;
  close(): Promise<void>;
}

/** What Unitel would have given to this shop, as the program's settings. */
export function toUnitelEnvironment(simulators: Simulators): Record<string, string> {
  const { username, password, apiBaseUrl } = simulators.unitel.account();
  return { UNITEL_USERNAME: username, UNITEL_PASSWORD: password, UNITEL_BASE_URL: apiBaseUrl };
}

/** As a shop would configure it. */
export function toUnitelSettings(simulators: Simulators): UnitelSettings {
  const { apiBaseUrl, ...account } = simulators.unitel.account();
  return { ...account, baseUrl: apiBaseUrl, account: 'shop-7', hasVatBill: true };
}

const newDelivery: SimulatedUnitel['newDelivery'] = (change = {}) => ({
  reference: newId('top'),
  msisdn: '88000001',
  type: 'recharge',
  code: 'SD5000',
  amount: 500_000,
  description: '5000 нэгж',
  vatRegisterNumber: null,
  ...change,
});

export async function openSimulatedUnitel(): Promise<SimulatedUnitel> {
  const clock = createFakeClock(Date.parse('2026-11-20T04:00:00Z'));
  const db = await openTestDb({ clock });
  const simulators = await startSimulators({ delivery: 'manual', now: clock.now });
  const begin = (change: Partial<UnitelSettings> = {}) => {
    const outbound = createOutbound({ db, clock, log: silentLogger });
    const settings = { ...toUnitelSettings(simulators), ...change };
    return { outbound, operator: createUnitelOperator({ settings, outbound, clock }) };
  };
  let current = begin();
  let isClosed = false;

  async function permit(): Promise<SendPermit> {
    const prepared = await current.operator.prepare();
    if (prepared.outcome !== 'ready') {
      throw new Error(JSON.stringify(prepared));
    }
    return prepared.permit;
  }

  async function closeCurrent(): Promise<void> {
    if (!isClosed) {
      isClosed = true;
      await current.outbound.close();
    }
  }

  return {
    ...{ clock, simulators, newDelivery, permit },
    get operator() {
      return current.operator;
    },
    reset(change) {
      simulators.reset();
      current = begin(change);
      isClosed = false;
    },
    asked: () =>
      simulators.requests
        .list({ provider: 'unitel' })
        .map(({ operation }) => operation)
        .reverse(),
    deliver: async (change, startWithinMs = 5_000) =>
      current.operator.deliver(newDelivery(change), await permit(), startWithinMs),
    plan: (operation, kind, params = {}) =>
      void simulators.faults.set({ provider: 'unitel', operation, kind, params }),
    async storedCalls() {
      await closeCurrent();
      return JSON.stringify(await db.query.selectFrom('provider_calls').selectAll().execute());
    },
    async close() {
      await simulators.close();
      await closeCurrent();
      await db.close();
    },
  };
}
