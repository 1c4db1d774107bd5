import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createMerchant } from '../test/merchant.ts';
import { startReceiver } from '../test/receiver.ts';
import { type Simulators, startSimulators } from './index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'simulators-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function start(options: Parameters<typeof startSimulators>[0]): Promise<Simulators> {
  const simulators = await startSimulators(options);
  cleanups.push(() => simulators.close());
  return simulators;
}

test('trades, faults, the clock and keys outlive a restart, and what was due is done', async () => {
  const dataDir = newFolder();
  const receiver = await startReceiver();
  cleanups.push(() => receiver.close());
  const first = await startSimulators({ dataDir, delivery: 'manual' });
  const merchant = first.wechatPay.merchant();
  await createMerchant(first).buy('RESTART-1', { notify_url: receiver.url });
  first.faults.set({ provider: 'wechat-pay', operation: 'prepay', kind: 'error' });
  first.advanceClock(60_000);
  await first.close();
  expect(receiver.deliveries).toHaveLength(0);

  const second = await start({ dataDir, delivery: 'automatic' });
  expect(second.wechatPay.merchant()).toMatchObject({
    ...merchant,
    apiBaseUrl: expect.any(String),
    openApiBaseUrl: expect.any(String),
  });
  expect(second.wechatPay.findTrade({ outTradeNo: 'RESTART-1' }).tradeState).toBe('SUCCESS');
  expect(second.faults.list()).toHaveLength(1);
  expect(second.clockView().offsetMs).toBe(60_000);
  await expect.poll(() => receiver.deliveries.length).toBe(1);
});

test('state and generated keys are readable by their owner only', async () => {
  const dataDir = newFolder();
  await start({ dataDir, delivery: 'manual' });
  for (const name of [
    'simulators.sqlite',
    'wechat-pay-merchant.json',
    'alipay-merchant.json',
    'wechat-apps.json',
  ]) {
    expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
  }
});

test('a clock that the caller holds is the base time', async () => {
  let now = Date.parse('2026-03-01T00:00:00Z');
  const simulators = await start({ delivery: 'manual', now: () => now });
  expect(simulators.clockView().now).toBe('2026-03-01T00:00:00.000Z');
  now += 1000;
  expect(simulators.clockView().now).toBe('2026-03-01T00:00:01.000Z');
});

test('nothing but loopback is listened on', async () => {
  await expect(startSimulators({ host: '0.0.0.0' })).rejects.toThrow('loopback only');
});

test('a taken port frees what was opened before it and says so', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  cleanups.push(() => blocker.close());
  await new Promise((resolve) => blocker.once('listening', resolve));
  const { port } = blocker.address() as { port: number };
  await expect(startSimulators({ ports: { wechatOpen: port } })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

interface Run {
  child: ChildProcess;
  output(): string;
  exit: Promise<number | null>;
}

function runCommand(args: string[], channel: 'ipc' | 'ignore' = 'ignore'): Run {
  const command = new URL('../bin/suanpan-simulators.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe', channel] });
  cleanups.push(() => child.kill('SIGKILL'));
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { child, output: () => text, exit: new Promise((resolve) => child.once('exit', resolve)) };
}

/** A port whose two neighbours were free a moment ago. */
async function freePort(): Promise<number> {
  const probe = await startSimulators({});
  const port = Number(new URL(probe.wechatOpenUrl).port);
  await probe.close();
  return Math.min(port, 65_000);
}

test('the command prints its addresses, refuses a taken port with what to do, and stops on SIGTERM', async () => {
  const port = String(await freePort());
  const running = runCommand(['--port', port, '--time-scale', '10', '--strict']);
  await expect.poll(running.output, { timeout: 10_000 }).toContain('notify_url      strict');
  expect(running.output()).toContain(`http://127.0.0.1:${port}/phone`);
  const answer = await fetch(`http://127.0.0.1:${port}/control/settings`);
  expect(await answer.json()).toMatchObject({ timeScale: 10, strictNotifyUrl: true });

  const refused = runCommand(['--port', port]);
  expect(await refused.exit).toBe(1);
  expect(refused.output()).toContain('Choose others with --port');

  running.child.kill('SIGTERM');
  expect(await running.exit).toBe(0);
});

test('the command ends with the program that started it', async () => {
  const running = runCommand(['--port', String(await freePort())], 'ipc');
  await expect.poll(running.output, { timeout: 10_000 }).toContain('notify_url      lenient');
  running.child.disconnect();
  expect(await running.exit).toBe(0);
});

test('the command refuses options that make no sense', async () => {
  const run = runCommand(['--port', 'none']);
  expect(await run.exit).not.toBe(0);
  expect(run.output()).toContain('Give 1 to 65528');
});
