/** What must be true once a program that was killed has been started again and has had three days. */
import { runDoctor } from '../../src/modules/doctor/index.ts';
import { compareWithProvider, type ProviderBooks } from '../harness/provider-money.ts';
import type { Program } from './program.ts';

const DAY_MS = 86_400_000;

/** Where an order may rest: ended, or with its money and in the hands of people. */
const RESTS = [
  ...['closed/unpaid', 'cancelled/unpaid', 'cancelled/refunded', 'confirmed/paid', 'processing/paid'],
  ...['shipped/paid', 'delivered/paid', 'completed/paid', 'returned/paid', 'confirmed/partially_refunded'],
  'completed/partially_refunded',
];

/** Lets the program finish what was begun; answers everything that is not as it must be. */
export async function recover(program: Program): Promise<string[]> {
  await program.pass(3 * DAY_MS);
  const { violations } = await runDoctor(program.db, program.clock);
  return [
    ...violations.map(({ invariant, subject, message }) => `${invariant} ${subject}: ${message}`),
    ...(await findUnsettled(program)),
    ...(await compareWithProvider(program.db, await readBooks(program))),
  ];
}

async function readBooks({ control }: Program): Promise<ProviderBooks> {
  return {
    trades: await control('GET /wechat-pay/trades?limit=1000'),
    refunds: await control('GET /wechat-pay/refunds?limit=1000'),
  };
}

async function findUnsettled({ db, clock }: Program): Promise<string[]> {
  const orders = await db.query.selectFrom('orders').select(['id', 'status', 'payment_status']).execute();
  const refunds = await db.query
    .selectFrom('refunds')
    .select(['id', 'status'])
    .where('status', 'in', ['reserved', 'sent', 'unknown', 'abnormal'])
    .execute();
  const payments = await db.query
    .selectFrom('payments')
    .select(['id', 'status'])
    .where('status', 'in', ['created', 'pending', 'unknown', 'authorized'])
    .execute();
  const events = await db.query
    .selectFrom('provider_events')
    .select('id')
    .where('state', '=', 'stored')
    .execute();
  const jobs = await db.query
    .selectFrom('jobs')
    .select(['name', 'state', 'last_error'])
    .where((where) => where.or([where('state', '=', 'dead'), where('run_at', '<', clock.now())]))
    .execute();
  return [
    ...orders
      .filter(({ status, payment_status: payment }) => !RESTS.includes(`${status}/${payment}`))
      .map(({ id, status, payment_status: payment }) => `order ${id} rests as ${status}/${payment}`),
    ...refunds.map(({ id, status }) => `refund ${id} is still ${status}`),
    ...payments.map(({ id, status }) => `payment ${id} is still ${status}`),
    ...events.map(({ id }) => `notification ${id} was never applied`),
    ...jobs.map(({ name, state, last_error: error }) => `job ${name} is ${state} and overdue: ${error}`),
  ];
}
