import { Worker } from 'node:worker_threads';
import type { DoctorReport } from './run-doctor.ts';

const THREAD = new URL('./doctor-thread.ts', import.meta.url);

/**
 * Examines the database at `databaseUrl` on a thread. Whoever asks while an examination is under way is given its
 * report. Rejects with what the thread threw.
 */
export function createExamination(databaseUrl: string): () => Promise<DoctorReport> {
  let running: Promise<DoctorReport> | undefined;

  function examine(): Promise<DoctorReport> {
    return new Promise((resolve, reject) => {
      const thread = new Worker(THREAD, { workerData: { databaseUrl } });
      thread.once('message', resolve);
      thread.once('error', reject);
      thread.once('exit', (code) =>
        reject(new Error(`the examination ended with code ${code}, without a report`)),
      );
    });
  }

  return () => {
    running ??= examine().finally(() => {
      running = undefined;
    });
    return running;
  };
}
