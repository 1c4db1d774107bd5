import { randomHex } from '../random.ts';
import type { WireAnswer } from '../wire.ts';

/** A refusal in PayPal's form. */
export class PaypalError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly ErrorDetail[];

  constructor(status: number, code: string, details: readonly ErrorDetail[] = []) {
    super(code);
    this.name = 'PaypalError';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export interface ErrorDetail {
  issue: string;
  description?: string;
  field?: string;
  value?: string;
  location?: 'body' | 'path' | 'query';
}

/** The sentences that PayPal's specification fixes for each name. */
const MESSAGES: Readonly<Record<string, string>> = {
  INVALID_REQUEST: 'Request is not well-formed, syntactically incorrect, or violates schema.',
  AUTHENTICATION_FAILURE:
    'Authentication failed due to missing authorization header, or invalid authentication credentials.',
  NOT_AUTHORIZED: 'Authorization failed due to insufficient permissions.',
  RESOURCE_NOT_FOUND: 'The specified resource does not exist.',
  RESOURCE_CONFLICT: 'The server has detected a conflict while processing this request.',
  UNPROCESSABLE_ENTITY:
    'The requested action could not be performed, semantically incorrect, or failed business validation.',
  RATE_LIMIT_REACHED: 'Too many requests. Blocked due to rate limiting.',
  INTERNAL_SERVER_ERROR: 'An internal server error occurred.',
};

export function errorAnswer(error: PaypalError): WireAnswer {
  const debugId = randomHex(13);
  const body = {
    name: error.code,
    message: MESSAGES[error.code] ?? error.code,
    debug_id: debugId,
    ...(error.details.length > 0 && { details: error.details }),
  };
  return jsonAnswer(error.status, body, debugId);
}

export function jsonAnswer(status: number, body: object, debugId = randomHex(13)): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'paypal-debug-id': debugId },
    body: JSON.stringify(body),
  };
}

export function unprocessable(issue: string, field?: string): PaypalError {
  return new PaypalError(422, 'UNPROCESSABLE_ENTITY', [{ issue, ...(field !== undefined && { field }) }]);
}

export function malformed(issue: string, field: string): PaypalError {
  return new PaypalError(400, 'INVALID_REQUEST', [{ issue, field, location: 'body' }]);
}

export function notFound(issue = 'INVALID_RESOURCE_ID'): PaypalError {
  return new PaypalError(404, 'RESOURCE_NOT_FOUND', [{ issue, location: 'path' }]);
}
