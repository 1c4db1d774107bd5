import type { WireAnswer } from '../wire.ts';

/** A refusal in Unitel's form: `result` is anything but `success`. */
export class UnitelRefusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 200) {
    super(message);
    this.name = 'UnitelRefusal';
    this.code = code;
    this.status = status;
  }
}

export function jsonAnswer(status: number, body: object): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

export function refusalAnswer({ status, code, message }: UnitelRefusal): WireAnswer {
  return jsonAnswer(status, { result: 'failed', code, msg: message });
}

export function unauthorised(): WireAnswer {
  return jsonAnswer(401, { result: '401', msg: 'Unauthorized' });
}
