import { useQuery } from '@tanstack/react-query';
import { consoleApi } from '../api.ts';
import type { Customer } from '../types/customers.ts';
import type { Page } from '../types/page.ts';
import { useMay } from './use-me.ts';

/** As many as the server reads at once. */
const MOST = 100;

interface Batch {
  readonly ids: Set<string>;
  readonly found: Promise<ReadonlyMap<string, Customer>>;
}

let batch: Batch | undefined;

async function readTogether(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Customer>> {
  const query = { ids: [...ids].join(','), limit: MOST };
  const { items } = await consoleApi.get<Page<Customer>>('/admin/customers', query);
  return new Map(items.map((customer) => [customer.id, customer]));
}

/** Collects what a page asks for while it is drawn, so that a table of customers is one request. */
function beginBatch(): Batch {
  const ids = new Set<string>();
  const drawn = new Promise((resolve) => setTimeout(resolve));
  const begun: Batch = {
    ids,
    found: drawn.then(() => {
      batch = batch === begun ? undefined : batch;
      return readTogether(ids);
    }),
  };
  return begun;
}

async function readCustomer(id: string): Promise<Customer | null> {
  if (batch === undefined || batch.ids.size === MOST) {
    batch = beginBatch();
  }
  batch.ids.add(id);
  return (await batch.found).get(id) ?? null;
}

/**
 * Who that is, as far as the reader may know it; nobody while it is not known, and of an id that is of staff, who can have
 * a wallet all the same.
 */
export function useCustomer(id: string): Customer | undefined {
  const may = useMay();
  const found = useQuery({
    queryKey: ['customer', id],
    queryFn: () => readCustomer(id),
    enabled: may('customers.read'),
  });
  return found.data ?? undefined;
}
