import { z } from 'zod';
import { faultInputSchema } from '../faults.ts';
import { settingsSchema } from '../settings.ts';
import { type ControlRoute, route } from './route.ts';
import type { SharedControl } from './shared.ts';

const nothing = z.strictObject({});
const limit = z.coerce.number().int().min(1).max(5000).optional();

/** The part of the control API that knows no provider. */
export function sharedRoutes(control: SharedControl): ControlRoute[] {
  return [
    ...timeRoutes(control),
    ...faultRoutes(control),
    ...trafficRoutes(control),
    ...payerRoutes(control),
  ];
}

function timeRoutes(control: SharedControl): ControlRoute[] {
  return [
    route('GET', '/settings', 'Time scale, strictness, delivery', nothing, () => control.settings.current()),
    route('PATCH', '/settings', 'Change them', settingsSchema.partial(), (patch) =>
      control.changeSettings(patch),
    ),
    route('GET', '/clock', 'Simulated time', nothing, () => control.clockView()),
    route(
      'POST',
      '/clock',
      'Move simulated time: advanceMs, or setTo (ISO 8601)',
      z.union([
        z.strictObject({ advanceMs: z.number().int().min(0) }),
        z.strictObject({ setTo: z.iso.datetime({ offset: true }) }),
      ]),
      (input) =>
        'setTo' in input ? control.setClock(Date.parse(input.setTo)) : control.advanceClock(input.advanceMs),
    ),
    route('POST', '/reset', 'Forget everything but keys, apps and merchant', nothing, () => {
      control.reset();
      return { reset: true };
    }),
  ];
}

function faultRoutes(control: SharedControl): ControlRoute[] {
  return [
    route('GET', '/faults', 'Armed fault plans', nothing, () => control.faults.list()),
    route('GET', '/faults/kinds', 'Every kind by provider and operation', nothing, () =>
      control.faults.catalogue(),
    ),
    route('POST', '/faults', 'Arm a fault plan', faultInputSchema, (input) => control.faults.set(input)),
    route('DELETE', '/faults', 'Clear all', nothing, () => ({ cleared: control.faults.clear() })),
    route('DELETE', '/faults/:id', 'Clear one', nothing, (_input, params) => ({
      cleared: control.faults.clear(params.id),
    })),
  ];
}

function trafficRoutes(control: SharedControl): ControlRoute[] {
  return [
    route(
      'GET',
      '/requests',
      'What was received, newest first',
      z.strictObject({ provider: z.string().optional(), operation: z.string().optional(), limit }),
      (input) => control.requests.list(input),
    ),
    route(
      'GET',
      '/notifications',
      'What was sent, with every attempt',
      z.strictObject({ subject: z.string().optional(), limit }),
      (input) => control.notifications.list(input),
    ),
    route('GET', '/notifications/:id', 'One of them', nothing, (_input, params) =>
      control.notifications.read(params.id ?? ''),
    ),
    route('POST', '/notifications/:id/resend', 'Send again now', nothing, (_input, params) =>
      control.notifications.resend(params.id ?? ''),
    ),
    route(
      'POST',
      '/notifications/:id/compose',
      'Build a signed message without sending it',
      z.strictObject({ kind: z.string().optional(), params: z.record(z.string(), z.unknown()).optional() }),
      (input, params) =>
        control.notifications.compose(
          params.id ?? '',
          input.kind === undefined ? undefined : { kind: input.kind, params: input.params ?? {} },
        ),
    ),
    route(
      'POST',
      '/notifications/flush',
      'Do everything that is due now, with all: what is due later too',
      z.strictObject({ all: z.boolean().default(false) }),
      async (input) => ({ ran: await control.notifications.flush(input) }),
    ),
    route('GET', '/tasks', 'What waits for its time', nothing, () => control.tasks()),
  ];
}

function payerRoutes(control: SharedControl): ControlRoute[] {
  return [
    route('GET', '/payers', 'Simulated buyers', nothing, () => control.payers.list()),
    route(
      'POST',
      '/payers',
      'Create a buyer',
      z.strictObject({
        name: z.string().min(1).max(60).optional(),
        phone: z
          .string()
          .regex(/^\d{5,15}$/)
          .optional(),
      }),
      (input) => control.payers.create(input),
    ),
  ];
}
