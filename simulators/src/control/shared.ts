import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Journal } from '../journal.ts';
import type { Notifier } from '../notifier.ts';
import type { Payer, Payers } from '../payers.ts';
import type { Scheduler, Task } from '../scheduler.ts';
import type { Settings, SettingsHolder } from '../settings.ts';

/** A buyer with the account names that providers know them by. */
export type PayerView = Payer & { unionid: string; openids: Record<string, string> };

/** The verbs that belong to no provider; the same functions serve HTTP and in-process callers. */
export interface SharedControl {
  settings: Pick<SettingsHolder, 'current'>;
  changeSettings(patch: { [Key in keyof Settings]?: Settings[Key] | undefined }): Settings;
  clockView(): { now: string; epochMs: number; offsetMs: number; timeScale: number };
  advanceClock(milliseconds: number): ReturnType<SharedControl['clockView']>;
  setClock(epochMs: number): ReturnType<SharedControl['clockView']>;
  faults: Pick<Faults, 'set' | 'list' | 'clear' | 'catalogue'>;
  requests: Pick<Journal, 'list'>;
  notifications: Pick<Notifier, 'list' | 'read' | 'resend' | 'compose'> & {
    /** Waits until nothing is due any more. */
    flush(options?: { all?: boolean }): Promise<number>;
  };
  payers: {
    create(input?: { name?: string | undefined; phone?: string | undefined }): PayerView;
    list(): PayerView[];
  };
  tasks(): Task[];
  reset(): void;
}

export interface SharedDependencies {
  settings: SettingsHolder;
  clock: Clock;
  faults: Faults;
  journal: Journal;
  notifier: Notifier;
  scheduler: Scheduler;
  payers: Payers;
  describePayer(payer: Payer): PayerView;
  reset(): void;
}

export function createSharedControl(dependencies: SharedDependencies): SharedControl {
  const { settings, clock, scheduler, notifier, payers, describePayer } = dependencies;

  function clockView(): ReturnType<SharedControl['clockView']> {
    const epochMs = clock.now();
    return {
      now: new Date(epochMs).toISOString(),
      epochMs,
      offsetMs: clock.offsetMs(),
      timeScale: settings.current().timeScale,
    };
  }

  return {
    settings,
    changeSettings(patch) {
      const given = Object.entries(patch).filter(([, value]) => value !== undefined);
      const changed = settings.change(Object.fromEntries(given));
      scheduler.wake();
      return changed;
    },
    clockView,
    advanceClock(milliseconds) {
      clock.advance(milliseconds);
      scheduler.wake();
      return clockView();
    },
    setClock(epochMs) {
      clock.setTo(epochMs);
      scheduler.wake();
      return clockView();
    },
    faults: dependencies.faults,
    requests: dependencies.journal,
    notifications: {
      list: notifier.list,
      read: notifier.read,
      resend: notifier.resend,
      compose: notifier.compose,
      flush: (options) => scheduler.flush(options),
    },
    payers: {
      create: (input) => describePayer(payers.create(input)),
      list: () => payers.list().map(describePayer),
    },
    tasks: () => scheduler.pending(),
    reset: dependencies.reset,
  };
}
