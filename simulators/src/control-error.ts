/** A refusal of the control API, with the HTTP status and a code that programs can branch on. */
export class ControlError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
    this.code = code;
  }
}

export function controlError(status: 404 | 409 | 422, code: string, message: string): ControlError {
  return new ControlError(status, code, message);
}
