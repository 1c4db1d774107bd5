import type { SettingsHolder } from './settings.ts';
import type { Store } from './store.ts';

/** The simulated provider's clock: the machine's clock plus an offset that tests and people move. */
export interface Clock {
  /** Simulated time in epoch milliseconds. */
  now(): number;
  /** The time signatures are dated by, in epoch milliseconds (see the setting `signatureClock`). */
  signatureNow(): number;
  /** Moves simulated time forward; going back is allowed with `setTo` only. */
  advance(milliseconds: number): void;
  setTo(epochMs: number): void;
  offsetMs(): number;
  /** Shortens a wait imposed by the provider by the time scale. */
  scale(milliseconds: number): number;
  reset(): void;
}

export interface ClockOptions {
  /** The base time, for tests that hold a clock of their own. */
  now?: (() => number) | undefined;
  offsetMs?: number | undefined;
}

export function createClock(store: Store, settings: SettingsHolder, options: ClockOptions): Clock {
  const base = options.now ?? Date.now;
  const startOffset = options.offsetMs ?? 0;
  let offset = options.offsetMs ?? store.readRecord<number>('clock_offset_ms') ?? 0;

  function move(nextOffset: number): void {
    offset = Math.round(nextOffset);
    store.writeRecord('clock_offset_ms', offset);
  }

  return {
    now: () => base() + offset,
    signatureNow: () => (settings.current().signatureClock === 'system' ? base() : base() + offset),
    advance: (milliseconds) => move(offset + milliseconds),
    setTo: (epochMs) => move(epochMs - base()),
    offsetMs: () => offset,
    scale: (milliseconds) => Math.round(milliseconds / settings.current().timeScale),
    reset() {
      offset = startOffset;
    },
  };
}
