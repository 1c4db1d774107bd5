import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulators, startSimulators } from '../index.ts';

let simulators: Simulators;

beforeAll(async () => {
  simulators = await startSimulators({ now: () => Date.parse('2026-11-21T08:00:00Z') });
});
afterAll(() => simulators.close());

async function ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${simulators.controlUrl}/control/bank${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

test('payers transfer as payers do, and the statement tells of all of it', () => {
  const { bank } = simulators;
  const payment = { code: 'K7QF-2M9X-TR4C', amount: '12.80', name: 'Li, Xiao' };
  const right = bank.pay(payment)[0];
  const mistakes = ['short', 'over', 'twice', 'unknown_code', 'mistyped_code', 'no_code'] as const;
  const made = mistakes.map((mistake) => bank.pay({ ...payment, mistake }));
  expect(made.map((transfers) => transfers.map(({ amount, text }) => [amount, text]))).toEqual([
    [[1_279, 'K7QF-2M9X-TR4C']],
    [[1_281, 'K7QF-2M9X-TR4C']],
    [
      [1_280, 'K7QF-2M9X-TR4C'],
      [1_280, 'K7QF-2M9X-TR4C'],
    ],
    [[1_280, '0000-0000-0000']],
    [[1_280, 'K7QF-2M9X-TR40']],
    [[1_280, '货款']],
  ]);
  bank.bounce(right?.id ?? '');
  const lines = bank.statement().trimEnd().split('\r\n');
  expect(lines).toHaveLength(1 + 8 + 1);
  expect(lines[1]).toBe(`2026-11-21,12.80,CNY,"Li, Xiao",K7QF-2M9X-TR4C,${right?.id}`);
  expect(lines.at(-1)).toMatch(/^2026-11-21,-12\.80,CNY,"Li, Xiao",退汇 K7QF/);
  expect(bank.statement({ format: 'european' })).toContain('21.11.2026;12,80;CNY;Li, Xiao;');
  expect(bank.statement({ format: 'chinese' })).toContain('20261121,12.80,,12.80,"Li, Xiao",K7QF-2M9X-TR4C');
  expect(bank.statement({ to: '2026-11-20' }).trimEnd().split('\r\n')).toHaveLength(1);
});

test('the control API does the same, and refuses what is no amount', async () => {
  const paid = await ask('POST', '/pay', { code: 'A', amount: '500', currency: 'JPY', account: 'yen' });
  expect(paid.body).toMatchObject([{ amount: 500, decimal: '500', account: 'yen' }]);
  expect(await ask('GET', '/statement?account=yen')).toMatchObject({
    body: { csv: expect.stringContaining(',500,JPY,') },
  });
  expect((await ask('POST', '/pay', { code: 'A', amount: '1.234' })).status).toBe(422);
  expect((await ask('POST', '/transfers/none/bounce', {})).status).toBe(404);
  expect((await fetch(`${simulators.controlUrl}/bank`)).status).toBe(200);
});
