import { expect, test } from 'vitest';
import { countReport, describeCounts } from './count-results.ts';

const green = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, success: true };

test('a missing report counts as one failure', () => {
  expect(countReport(undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a file that could not be loaded or set up counts as one failure', () => {
  const file = (status: string, ...tests: string[]) => ({
    status,
    assertionResults: tests.map((test) => ({ status: test })),
  });
  const testResults = [
    file('failed'),
    file('failed', 'skipped'),
    file('failed', 'failed', 'passed'),
    file('passed', 'passed', 'passed'),
  ];
  const report = { ...green, numFailedTests: 1, success: false, testResults };
  expect(countReport(report)).toMatchObject({ passed: 3, failed: 3 });
});

test('a run that failed outside every test counts as one failure', () => {
  expect(countReport({ ...green, success: false })).toMatchObject({ passed: 3, failed: 1 });
});

test('the last line adds up the runs and names skipped tests only where there are any', () => {
  expect(describeCounts([countReport(green), countReport({ ...green, numFailedTests: 2 })])).toBe(
    '6 passed, 2 failed',
  );
  expect(describeCounts([{ passed: 1, failed: 0, skipped: 4 }])).toBe('1 passed, 0 failed, 4 skipped');
});
