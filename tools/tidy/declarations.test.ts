import { describe, expect, test } from 'vitest';
import { errorCodes, jobAndEventNames } from './declarations.ts';
import { toProjectFile } from './project.ts';

const file = (name: string, text: string) => toProjectFile(`server/src/modules/orders/${name}`, text);
const words = (findings: { message: string }[]) => findings.map(({ message }) => message.split(/[: ]/)[0]);

describe('error-codes', () => {
  test('a code is snake_case and declared once in the whole server', () => {
    const first = file('errors.ts', "const a = defineError({ code: 'order_closed' });");
    expect(errorCodes([first, file('more.ts', "const b = defineError({ code: 'order_paid' });")])).toEqual(
      [],
    );
    expect(
      words(errorCodes([first, file('more.ts', "const b = defineError({ code: 'order_closed' });")])),
    ).toEqual(['order_closed']);
    expect(
      words(errorCodes([file('errors.ts', "defineError({ status: 409, code: 'OrderPaid' });")])),
    ).toEqual(['OrderPaid']);
  });
});

describe('job-and-event-names', () => {
  test('jobs and events are named noun.verb, each once', () => {
    const job = file('jobs.ts', "defineJob({ name: 'order.close', version: 1 });");
    const event = file('events.ts', "defineEvent({ name: 'order.confirmed', version: 1 });");
    expect(jobAndEventNames([job, event])).toEqual([]);
    expect(jobAndEventNames([job, file('again.ts', "defineJob({ name: 'order.close' });")])).toHaveLength(1);
    expect(jobAndEventNames([file('events.ts', "defineEvent<Order>({ name: 'orderPaid' });")])).toHaveLength(
      1,
    );
  });
});
