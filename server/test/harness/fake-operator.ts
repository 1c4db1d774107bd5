/** A mobile operator in memory: it counts what it is sent, and answers what a test says. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeliveryRequest, DeliveryResult, Operator, Tariff } from '../../src/operators/operator.ts';
import { createOperatorRegistry, type OperatorRegistry } from '../../src/operators/registry.ts';
import { unitelCapabilities } from '../../src/operators/unitel/capabilities.ts';

const CARD: Tariff = {
  ...{ type: 'recharge', group: 'day', code: 'SD5000', name: '5000 нэгж', englishName: '5000 units' },
  ...{ price: 500_000, units: 5_000, data: null, days: 30 },
};

export const DELIVERED: DeliveryResult = {
  outcome: 'delivered',
  receipt: {
    sequence: '1760754386127',
    serviceId: 'P_ETOPUP_1',
    vatBill: '{"billId":"1","lottery":"AB 12345678"}',
  },
};
export const REFUSED: DeliveryResult = {
  outcome: 'refused',
  reason: { code: '207', message: 'Not enough deposit' },
};
export const LOST: DeliveryResult = {
  outcome: 'unknown',
  reason: { code: 'timeout', message: 'No answer.' },
};
export const NOT_SENT: DeliveryResult = {
  outcome: 'not_sent',
  reason: { code: 'connection_refused', message: 'It could not be reached.' },
};

type Answer = DeliveryResult | Promise<DeliveryResult>;

export interface FakeOperator {
  readonly registry: OperatorRegistry;
  /** Requests whose first byte has left, oldest first. */
  readonly sent: DeliveryRequest[];
  readonly questions: string[];
  tariffs: Tariff[];
  /** What a post-paid number owes, in hundredths of a tugrik; `null` for prepaid numbers. */
  bill: number | null;
  isTokenRefused: boolean;
  isDown: boolean;
  /** The next answers to deliveries; delivered without one. */
  answer(...answers: Answer[]): void;
  /** Answers that were never asked for. */
  forgetAnswers(): void;
  /** The next answers to queries, where it can be asked. */
  answerQuery(...answers: Exclude<DeliveryResult, { outcome: 'not_sent' }>[]): void;
  /** The next answer is the one that is given to this function. */
  hold(): (answer: DeliveryResult) => void;
  sendsOf(topupId: string): number;
  /** Waits until its request has left. */
  untilSent(topupId: string): Promise<void>;
}

export function createFakeOperator(options: { readonly isQueryable?: boolean } = {}): FakeOperator {
  const { isQueryable = false } = options;
  const answers: Answer[] = [];
  const queryAnswers: Exclude<DeliveryResult, { outcome: 'not_sent' }>[] = [];
  const down = { outcome: 'unavailable', reason: { code: 'http_503', message: 'busy' } } as const;
  const operator: Operator = {
    capabilities: { ...unitelCapabilities, isQueryable },
    async listTariffs(msisdn) {
      fake.questions.push(`tariffs ${msisdn}`);
      const plan = fake.bill === null ? 'prepaid' : 'postpaid';
      return fake.isDown ? down : { outcome: 'found', plan, tariffs: fake.tariffs };
    },
    async readBill(msisdn) {
      fake.questions.push(`bill ${msisdn}`);
      const due = fake.bill ?? 0;
      return { outcome: 'found', bill: { due, invoiceAmount: due, period: '2026.10.01-2026.10.31' } };
    },
    prepare: async () => (fake.isTokenRefused ? down : { outcome: 'ready', permit: { token: 'a-token' } }),
    async deliver(request, _permit, startWithinMs) {
      if (startWithinMs <= 0) {
        return NOT_SENT;
      }
      const answer = answers.shift() ?? DELIVERED;
      if (answer !== NOT_SENT) {
        fake.sent.push(request);
      }
      return answer;
    },
    ...(isQueryable && {
      async queryDelivery(reference: string) {
        fake.questions.push(`query ${reference}`);
        return (
          queryAnswers.shift() ?? { outcome: 'unknown' as const, reason: { code: 'not_found', message: '' } }
        );
      },
    }),
  };
  const fake: FakeOperator = {
    registry: createOperatorRegistry([operator]),
    sent: [],
    questions: [],
    tariffs: [CARD],
    bill: null,
    isTokenRefused: false,
    isDown: false,
    answer: (...next) => void answers.push(...next),
    forgetAnswers: () => void answers.splice(0),
    answerQuery: (...next) => void queryAnswers.push(...next),
    hold() {
      const { promise, resolve } = Promise.withResolvers<DeliveryResult>();
      answers.push(promise);
      return resolve;
    },
    async untilSent(topupId) {
      while (fake.sendsOf(topupId) === 0) {
        await nextTurn();
      }
    },
    sendsOf: (topupId) => fake.sent.filter(({ reference }) => reference === topupId).length,
  };
  return fake;
}
