import type { Clock } from '../clock.ts';

const OPEN_AFTER_FAILURES = 5;
const OPEN_FOR_MS = 10_000;

interface Circuit {
  failures: number;
  openedAt: number | undefined;
  isProbing: boolean;
}

/**
 * One circuit for each host of each provider. Five calls in a row without an answer open it: for 10 s calls fail at once
 * instead of holding a buyer for a time-out each. Then one call is let through to probe, and its end decides.
 */
export interface CircuitBreaker {
  /** Whether a call may go out now; one that may must report its end. */
  allows(key: string): boolean;
  /** Answers whether this closed the circuit. */
  succeeded(key: string): boolean;
  /** Answers whether this opened the circuit. */
  failed(key: string): boolean;
}

/** All circuits of one client, closed. */
export function createCircuitBreaker(clock: Clock): CircuitBreaker {
  const circuits = new Map<string, Circuit>();

  function circuitOf(key: string): Circuit {
    let circuit = circuits.get(key);
    if (!circuit) {
      circuit = { failures: 0, openedAt: undefined, isProbing: false };
      circuits.set(key, circuit);
    }
    return circuit;
  }

  return {
    allows(key) {
      const circuit = circuitOf(key);
      if (circuit.openedAt === undefined) {
        return true;
      }
      if (circuit.isProbing || clock.now() < circuit.openedAt + OPEN_FOR_MS) {
        return false;
      }
      circuit.isProbing = true;
      return true;
    },
    succeeded(key) {
      const wasOpen = circuitOf(key).openedAt !== undefined;
      circuits.delete(key);
      return wasOpen;
    },
    failed(key) {
      const circuit = circuitOf(key);
      const wasOpen = circuit.openedAt !== undefined;
      circuit.failures += 1;
      circuit.isProbing = false;
      if (wasOpen || circuit.failures >= OPEN_AFTER_FAILURES) {
        circuit.openedAt = clock.now();
      }
      return !wasOpen && circuit.openedAt !== undefined;
    },
  };
}
