import type { WireAnswer } from '../wire.ts';

/** A refusal in WeChat Pay's words. */
export class WeChatPayError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: Record<string, unknown> | undefined;

  constructor(status: number, code: string, message: string, detail?: Record<string, unknown>) {
    super(message);
    this.name = 'WeChatPayError';
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

export interface FieldProblem {
  /** JSON pointer in a body, or the name of a query or path parameter. */
  field: string;
  value: unknown;
  issue: string;
  location: 'body' | 'query' | 'uri_template';
}

export function paramError(message: string, problem: FieldProblem): WeChatPayError {
  return new WeChatPayError(400, 'PARAM_ERROR', message, { ...problem });
}

export function invalidRequest(message: string): WeChatPayError {
  return new WeChatPayError(400, 'INVALID_REQUEST', message);
}

/** Words a refusal for the wire; refusals are never signed. */
export function errorAnswer(error: WeChatPayError): WireAnswer {
  const body: Record<string, unknown> = { code: error.code, message: error.message };
  if (error.detail !== undefined) {
    body.detail = error.detail;
  }
  return {
    status: error.status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}
