import { LRUCache } from 'lru-cache';

const MAX_ENTRIES = 1_000;
const TTL_MS = 2_000;

/**
 * What lists and pages of products show, kept for two seconds at most and forgotten at once when this process changes a
 * product. It holds no stock, and orders read prices from the database.
 */
export interface ListingCache {
  /** What is known under `key`, or what `load` answers; requests that come meanwhile wait for the same answer. */
  get<T extends object>(key: string, load: () => Promise<T>): Promise<T>;
  forget(): void;
}

export function createListingCache(): ListingCache {
  const entries = new LRUCache<string, Promise<object>>({ max: MAX_ENTRIES, ttl: TTL_MS });

  return {
    get<T extends object>(key: string, load: () => Promise<T>): Promise<T> {
      const known = entries.get(key);
      if (known !== undefined) {
        return known as Promise<T>;
      }
      const loading = load();
      entries.set(key, loading);
      // A failure is the answer of those who wait, but not of whoever asks next.
      loading.catch(() => {
        if (entries.peek(key) === loading) {
          entries.delete(key);
        }
      });
      return loading;
    },
    // A load that is under way keeps its old answer for those who wait; it is no longer in the map for others.
    forget: () => entries.clear(),
  };
}
