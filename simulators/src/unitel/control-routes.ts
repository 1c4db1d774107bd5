import { z } from 'zod';
import { type ControlRoute, route } from '../control/route.ts';
import type { UnitelControl } from './control.ts';
import { unitelSettingsSchema } from './unitel-settings.ts';

const nothing = z.strictObject({});

/** Unitel's part of the control API. */
export function unitelRoutes(control: UnitelControl): ControlRoute[] {
  return [
    route('GET', '/unitel/account', 'What the operator would give to a shop', nothing, () =>
      control.account(),
    ),
    route('GET', '/unitel/settings', 'Life of tokens', nothing, () => control.settings()),
    route('PATCH', '/unitel/settings', 'Change it', unitelSettingsSchema.partial(), (patch) =>
      control.changeSettings(patch),
    ),
    route('POST', '/unitel/tokens/revoke', 'End all tokens', nothing, () => control.revokeTokens()),
    route(
      'GET',
      '/unitel/subscribers/:msisdn',
      'A number: its credit, its unpaid bill',
      nothing,
      (_input, params) => control.subscriber(params.msisdn ?? ''),
    ),
    route(
      'PATCH',
      '/unitel/subscribers/:msisdn',
      'Make it prepaid or post-paid; what it owes, in tugrik',
      z.strictObject({
        kind: z.enum(['prepaid', 'postpaid']).optional(),
        unpaid: z.number().int().min(0).max(100_000_000).optional(),
      }),
      (input, params) => control.changeSubscriber(params.msisdn ?? '', input),
    ),
    route(
      'GET',
      '/unitel/sends',
      'Requests to deliver, newest first, carried out or not',
      z.strictObject({
        journalId: z.string().optional(),
        msisdn: z.string().optional(),
        limit: z.coerce.number().int().min(1).max(5000).optional(),
      }),
      (input) => control.listSends(input),
    ),
    route('GET', '/unitel/sends/counts', 'How many came, and the most under one journal_id', nothing, () =>
      control.countSends(),
    ),
  ];
}
