import { type Db, TransactionConflict } from '../../kernel/db/index.ts';
import { newCode } from './code.ts';

async function findCode(db: Pick<Db, 'query'>, customerId: string): Promise<string | undefined> {
  const row = await db.query
    .selectFrom('invite_codes')
    .select('code')
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  return row?.code;
}

/** The customer's code; made when it is first asked for. However many ask at once, it is one. */
export async function readCode(db: Db, customerId: string): Promise<string> {
  const known = await findCode(db, customerId);
  if (known !== undefined) {
    return known;
  }
  return db.tx('invite.make_code', async (tx) => {
    const code = newCode();
    if (await tx.insertOnce('invite_codes', { customer_id: customerId, code, created_at: tx.now })) {
      return code;
    }
    const other = await findCode(tx, customerId);
    if (other === undefined) {
      throw new TransactionConflict('the code is somebody else’s; another one is made');
    }
    return other;
  });
}
