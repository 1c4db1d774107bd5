import { describe, expect, test } from 'vitest';
import { clockOnly, noConsole, noFloats, outboundOnly, randomOnly } from './outside-world.ts';
import { type Rule, toProjectFile } from './project.ts';

const MODULE = 'server/src/modules/orders/place-order.ts';

/** How often the rule speaks up about the text at the path. */
const count = (rule: Rule, path: string, text: string) => rule([toProjectFile(path, text)]).length;

describe('outbound-only', () => {
  test('every way to open a connection is found in server code', () => {
    expect(count(outboundOnly, MODULE, "await fetch('https://example.com');")).toBe(1);
    expect(count(outboundOnly, MODULE, "await globalThis.fetch('https://example.com');")).toBe(1);
    expect(count(outboundOnly, MODULE, "import { request } from 'node:https';")).toBe(1);
    expect(count(outboundOnly, MODULE, "import { request } from 'undici';")).toBe(1);
    expect(count(outboundOnly, MODULE, "const net = await import('node:net');")).toBe(1);
  });

  test('the outbound client, types, tests and methods of that name are free', () => {
    expect(
      count(outboundOnly, 'server/src/kernel/outbound/client.ts', "import { request } from 'undici';"),
    ).toBe(0);
    expect(count(outboundOnly, MODULE, "import type { IncomingMessage } from 'node:http';")).toBe(0);
    expect(count(outboundOnly, MODULE, 'await bills.fetch(day);')).toBe(0);
    expect(count(outboundOnly, 'server/src/kernel/http/a.test.ts', 'await fetch(address);')).toBe(0);
  });
});

describe('clock-only', () => {
  test('only the clock reads the time', () => {
    expect(count(clockOnly, MODULE, 'const now = Date.now();')).toBe(1);
    expect(count(clockOnly, MODULE, 'const now = new Date();')).toBe(1);
    expect(count(clockOnly, 'simulators/src/wechat-pay/trades.ts', 'const now = Date.now();')).toBe(1);
    expect(count(clockOnly, 'simulators/src/clock.ts', 'const now = Date.now();')).toBe(0);
    expect(count(clockOnly, 'server/src/kernel/clock.ts', 'const now = Date.now();')).toBe(0);
    expect(count(clockOnly, MODULE, 'const day = new Date(tx.now);')).toBe(0);
  });
});

describe('random-only', () => {
  test('only the kernel draws random numbers', () => {
    expect(count(randomOnly, MODULE, 'const delay = Math.random();')).toBe(1);
    expect(count(randomOnly, 'server/src/kernel/db/retry.ts', 'const delay = Math.random();')).toBe(0);
  });
});

describe('no-floats', () => {
  test('amounts are neither parsed nor printed as floats', () => {
    expect(count(noFloats, MODULE, 'const price = parseFloat(text);')).toBe(1);
    expect(count(noFloats, MODULE, 'const price = Number.parseFloat(text);')).toBe(1);
    expect(count(noFloats, MODULE, 'const text = (cents / 100).toFixed(2);')).toBe(1);
    expect(count(noFloats, 'server/src/kernel/money.ts', 'const text = (1).toFixed(2);')).toBe(0);
    expect(count(noFloats, MODULE, 'const count = Number.parseInt(text, 10);')).toBe(0);
  });
});

describe('no-console', () => {
  test('server code and pages use the log, programs for a terminal print', () => {
    expect(count(noConsole, MODULE, "console.log('paid');")).toBe(1);
    expect(count(noConsole, 'web/src/shop/main.tsx', "console.error('lost');")).toBe(1);
    expect(count(noConsole, 'server/src/cli/doctor.ts', "console.log('sound');")).toBe(0);
    expect(count(noConsole, 'server/src/cli/main.ts', "console.log('ready');")).toBe(0);
    expect(count(noConsole, 'bench/src/main.ts', "console.log('fast');")).toBe(0);
  });
});
