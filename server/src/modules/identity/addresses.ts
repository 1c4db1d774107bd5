import { z } from 'zod';
import type { Reader, Tx } from '../../kernel/db/index.ts';
import { AppError, notFound, unauthenticated } from '../../kernel/errors.ts';
import { countryInput } from '../../kernel/http/index.ts';
import { newId } from '../../kernel/ids.ts';
import { tooManyAddresses } from './errors.ts';
import type { AddressRow } from './tables.ts';
import { phoneSchema } from './user.ts';

const MAX_ADDRESSES = 20;

const line = z.string().trim().min(1).max(200);
const optionalLine = line.nullable().default(null);

/** State and postal code are optional, because Hong Kong and others have none. */
export const addressInput = z.strictObject({
  type: z.enum(['home', 'work', 'other']).default('home'),
  firstName: line.max(100),
  lastName: line.max(100).nullable().default(null),
  company: optionalLine,
  street1: line,
  street2: optionalLine,
  city: line.max(100),
  state: line.max(100).nullable().default(null),
  zipCode: line.max(20).nullable().default(null),
  country: countryInput,
  phone: phoneSchema.nullable().default(null),
  isDefault: z.boolean().default(false),
});

/** The same with every field optional, and no defaults: what is left out stays as it is. */
export const addressChange = z.strictObject({
  type: z.enum(['home', 'work', 'other']).optional(),
  firstName: line.max(100).optional(),
  lastName: line.max(100).nullable().optional(),
  company: line.nullable().optional(),
  street1: line.optional(),
  street2: line.nullable().optional(),
  city: line.max(100).optional(),
  state: line.max(100).nullable().optional(),
  zipCode: line.max(20).nullable().optional(),
  country: addressInput.shape.country.optional(),
  phone: phoneSchema.nullable().optional(),
  isDefault: z.literal(true).optional(),
});

export const addressView = z.object({
  id: z.string(),
  type: z.enum(['home', 'work', 'other']),
  firstName: z.string(),
  lastName: z.string().nullable(),
  company: z.string().nullable(),
  street1: z.string(),
  street2: z.string().nullable(),
  city: z.string(),
  state: z.string().nullable(),
  zipCode: z.string().nullable(),
  country: z.string(),
  phone: z.string().nullable(),
  isDefault: z.boolean(),
});

export type AddressInput = z.infer<typeof addressInput>;
export type AddressChange = z.infer<typeof addressChange>;
/** An address of a user, as the API shows it. */
export type Address = z.infer<typeof addressView>;

function toView(row: AddressRow, defaultId: string | null): Address {
  return {
    id: row.id,
    type: row.type,
    firstName: row.first_name,
    lastName: row.last_name,
    company: row.company,
    street1: row.street1,
    street2: row.street2,
    city: row.city,
    state: row.state,
    zipCode: row.zip_code,
    country: row.country,
    phone: row.phone,
    isDefault: row.id === defaultId,
  };
}

async function readDefaultId(db: Reader, userId: string): Promise<string | null> {
  const user = await db.query
    .selectFrom('users')
    .select('default_address_id')
    .where('id', '=', userId)
    .executeTakeFirst();
  return user?.default_address_id ?? null;
}

/** The user's addresses, oldest first. */
export async function listAddresses(db: Reader, userId: string): Promise<Address[]> {
  const defaultId = await readDefaultId(db, userId);
  const rows = await db.query
    .selectFrom('addresses')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => toView(row, defaultId));
}

/** One address of this user; `undefined` also for an address of somebody else. */
export async function readAddress(
  db: Reader,
  userId: string,
  addressId: string,
): Promise<Address | undefined> {
  const row = await db.query
    .selectFrom('addresses')
    .selectAll()
    .where('id', '=', addressId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row && toView(row, await readDefaultId(db, userId));
}

/** The address that is taken where a customer names none; `undefined` when there is no address at all. */
export async function readDefaultAddress(db: Reader, userId: string): Promise<Address | undefined> {
  const defaultId = await readDefaultId(db, userId);
  return defaultId === null ? undefined : readAddress(db, userId, defaultId);
}

/** Holds the user's row, so that the changes of one user's addresses come one after another. */
async function lockOwner(tx: Tx, userId: string): Promise<string | null> {
  const owner = await tx.lock('users', userId);
  if (owner === undefined || owner.status === 'deleted') {
    throw new AppError(unauthenticated);
  }
  return owner.default_address_id;
}

async function setDefault(tx: Tx, userId: string, addressId: string | null): Promise<void> {
  await tx.query
    .updateTable('users')
    .set({ default_address_id: addressId, updated_at: tx.now })
    .where('id', '=', userId)
    .execute();
}

/** Adds an address; the first one becomes the default. Throws `too_many_addresses` (409). */
export async function addAddress(tx: Tx, userId: string, input: AddressInput): Promise<Address> {
  const defaultId = await lockOwner(tx, userId);
  const counted = await tx.query
    .updateTable('users')
    .set((eb) => ({ address_count: eb('address_count', '+', 1) }))
    .where('id', '=', userId)
    .where('address_count', '<', MAX_ADDRESSES)
    .executeTakeFirst();
  if (Number(counted.numUpdatedRows) !== 1) {
    throw new AppError(tooManyAddresses);
  }
  const row: AddressRow = {
    id: newId('adr'),
    user_id: userId,
    type: input.type,
    first_name: input.firstName,
    last_name: input.lastName,
    company: input.company,
    street1: input.street1,
    street2: input.street2,
    city: input.city,
    state: input.state,
    zip_code: input.zipCode,
    country: input.country,
    phone: input.phone,
    created_at: tx.now,
    updated_at: tx.now,
  };
  await tx.query.insertInto('addresses').values(row).execute();
  const isDefault = input.isDefault || defaultId === null;
  if (isDefault) {
    await setDefault(tx, userId, row.id);
  }
  return toView(row, isDefault ? row.id : defaultId);
}

function toColumns(change: AddressChange): Partial<AddressRow> {
  return {
    ...(change.type !== undefined && { type: change.type }),
    ...(change.firstName !== undefined && { first_name: change.firstName }),
    ...(change.lastName !== undefined && { last_name: change.lastName }),
    ...(change.company !== undefined && { company: change.company }),
    ...(change.street1 !== undefined && { street1: change.street1 }),
    ...(change.street2 !== undefined && { street2: change.street2 }),
    ...(change.city !== undefined && { city: change.city }),
    ...(change.state !== undefined && { state: change.state }),
    ...(change.zipCode !== undefined && { zip_code: change.zipCode }),
    ...(change.country !== undefined && { country: change.country }),
    ...(change.phone !== undefined && { phone: change.phone }),
  };
}

/** Changes the fields that are given. Throws `not_found` (404), also for an address of somebody else. */
export async function changeAddress(
  tx: Tx,
  userId: string,
  addressId: string,
  change: AddressChange,
): Promise<Address> {
  await lockOwner(tx, userId);
  const changed = await tx.query
    .updateTable('addresses')
    .set({ ...toColumns(change), updated_at: tx.now })
    .where('id', '=', addressId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (Number(changed.numUpdatedRows) !== 1) {
    throw new AppError(notFound);
  }
  if (change.isDefault) {
    await setDefault(tx, userId, addressId);
  }
  return (await readAddress(tx, userId, addressId)) as Address;
}

/** Removes an address; the newest of the others becomes the default where it was. Throws `not_found` (404). */
export async function removeAddress(tx: Tx, userId: string, addressId: string): Promise<void> {
  const defaultId = await lockOwner(tx, userId);
  const removed = await tx.query
    .deleteFrom('addresses')
    .where('id', '=', addressId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (Number(removed.numDeletedRows) !== 1) {
    throw new AppError(notFound);
  }
  await tx.query
    .updateTable('users')
    .set((eb) => ({ address_count: eb('address_count', '-', 1) }))
    .where('id', '=', userId)
    .execute();
  if (defaultId === addressId) {
    const newest = (await listAddresses(tx, userId)).at(-1);
    await setDefault(tx, userId, newest?.id ?? null);
  }
}
