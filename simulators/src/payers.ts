import type { Clock } from './clock.ts';
import { controlError } from './control-error.ts';
import { newId, randomPhone } from './random.ts';
import type { Store } from './store.ts';

/** A simulated person who buys. Providers give the same person their own account names. */
export interface Payer {
  id: string;
  name: string;
  phone: string;
  createdAt: number;
}

export interface Payers {
  create(input?: { name?: string | undefined; phone?: string | undefined }): Payer;
  list(): Payer[];
  find(id: string): Payer;
  /** The payer who acts when nobody is named: the first one, made when there is none. */
  first(): Payer;
  /** Adds what each provider calls this person; called when a payer is created. */
  onCreate(listener: (payer: Payer) => void): void;
}

export const PAYER_TABLES = ['payers'] as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS payers (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;`;
const COLUMNS = 'id, name, phone, created_at AS createdAt';

export function createPayers(store: Store, clock: Clock): Payers {
  store.define(SCHEMA);
  const listeners: ((payer: Payer) => void)[] = [];

  function create(input: { name?: string | undefined; phone?: string | undefined } = {}): Payer {
    const count = store.get<{ count: number }>('SELECT COUNT(*) AS count FROM payers')?.count ?? 0;
    const payer: Payer = {
      id: newId('payer'),
      name: input.name ?? `买家 ${count + 1}`,
      phone: input.phone ?? randomPhone(),
      createdAt: clock.now(),
    };
    return store.transaction(() => {
      store.run('INSERT INTO payers VALUES (?, ?, ?, ?)', payer.id, payer.name, payer.phone, payer.createdAt);
      for (const listener of listeners) {
        listener(payer);
      }
      return payer;
    });
  }

  return {
    create,
    list: () => store.all<Payer>(`SELECT ${COLUMNS} FROM payers ORDER BY rowid`),
    find(id) {
      const payer = store.get<Payer>(`SELECT ${COLUMNS} FROM payers WHERE id = ?`, id);
      if (payer === undefined) {
        throw controlError(404, 'payer_not_found', `No payer "${id}".`);
      }
      return payer;
    },
    first: () => store.get<Payer>(`SELECT ${COLUMNS} FROM payers ORDER BY rowid LIMIT 1`) ?? create(),
    onCreate(listener) {
      listeners.push(listener);
    },
  };
}
