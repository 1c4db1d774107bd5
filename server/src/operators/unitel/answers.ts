/** What an answer of Unitel means, decided here and nowhere else. */
import { z } from 'zod';
import type { OutboundResponse } from '../../kernel/outbound/index.ts';
import type { OperatorReason } from '../operator.ts';

/** Of the outcome; each answer has more beside it. */
const outcomeSchema = z.object({
  result: z.string(),
  code: z.union([z.string(), z.number()]).optional(),
  msg: z.string().optional(),
});

const SUCCESS = 'success';
const SUCCESS_CODE = '000';
/** Statuses with which a request is refused before it is carried out, where the body is Unitel's own. */
const REFUSING_STATUSES = new Set([200, 400, 404, 422]);
const MAX_CODE_LENGTH = 32;
const MAX_MESSAGE_LENGTH = 190;

export type Answer =
  | { readonly kind: 'success'; readonly body: object }
  | { readonly kind: 'refused'; readonly reason: OperatorReason }
  /** The token was not accepted. */
  | { readonly kind: 'unauthorised'; readonly reason: OperatorReason }
  /** The answer does not say what was done. */
  | { readonly kind: 'unclear'; readonly reason: OperatorReason };

export const MALFORMED_ANSWER: OperatorReason = {
  code: 'malformed_answer',
  message: 'The answer of Unitel could not be understood.',
};

const UNAUTHORISED: OperatorReason = {
  code: 'unauthorised',
  message: 'Unitel did not accept our credentials.',
};

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Only `success` with its own code is success, and only a refusal in Unitel's own form is one; the rest is unclear. */
export function judgeAnswer({ status, body }: OutboundResponse): Answer {
  if (status === 401) {
    return { kind: 'unauthorised', reason: UNAUTHORISED };
  }
  const parsed = parseJson(body);
  const { data } = outcomeSchema.safeParse(parsed);
  if (data?.result === '401') {
    return { kind: 'unauthorised', reason: UNAUTHORISED };
  }
  if (data === undefined || !REFUSING_STATUSES.has(status)) {
    const reason = { code: `http_${status}`, message: 'Unitel did not say what became of the request.' };
    return { kind: 'unclear', reason: status === 200 ? MALFORMED_ANSWER : reason };
  }
  const code = String(data.code ?? '').slice(0, MAX_CODE_LENGTH);
  if (data.result === SUCCESS) {
    return status === 200 && code === SUCCESS_CODE
      ? { kind: 'success', body: parsed as object }
      : { kind: 'unclear', reason: MALFORMED_ANSWER };
  }
  const message = (data.msg ?? '').slice(0, MAX_MESSAGE_LENGTH) || 'Unitel refused and gave no reason.';
  return { kind: 'refused', reason: { code: code || 'refused', message } };
}
