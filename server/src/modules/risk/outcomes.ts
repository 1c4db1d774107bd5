/** How a customer's and a device's earlier attempts went. */
import { type Reader, statement } from '../../kernel/db/index.ts';
import type { Outcomes } from './score.ts';

const ENDED = ['succeeded', 'authorized', 'failed'] as const;

/** Those that came to something, and those that can still be paid but whose last try failed. */
function lastAttemptsOf(column: 'customer_id' | 'device_hash') {
  return statement<{ subject: string; limit: number }, { readonly status: string }>((query, p) =>
    query
      .selectFrom('payments')
      .select('status')
      .where(column, '=', p.subject)
      .where((eb) => eb.or([eb('status', 'in', ENDED), eb('failure_reason', 'is not', null)]))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(p.limit),
  );
}

const ofCustomer = lastAttemptsOf('customer_id');
const ofDevice = lastAttemptsOf('device_hash');

function count(rows: readonly { readonly status: string }[]): Outcomes {
  const failed = rows.filter(({ status }) => status !== 'succeeded' && status !== 'authorized');
  return { attempts: rows.length, failed: failed.length };
}

/** The last `limit` attempts of the customer that came to something. */
export async function readCustomerOutcomes(db: Reader, customerId: string, limit: number): Promise<Outcomes> {
  return count(await ofCustomer.all(db, { subject: customerId, limit }));
}

/** The last `limit` attempts from the device that came to something, whoever the customer was. */
export async function readDeviceOutcomes(db: Reader, deviceHash: string, limit: number): Promise<Outcomes> {
  return count(await ofDevice.all(db, { subject: deviceHash, limit }));
}
