import { randomHex } from '../random.ts';

/** A refusal of the open platform: the HTTP status stays 200. */
export class WeChatOpenError extends Error {
  readonly errcode: number;

  constructor(errcode: number, errmsg: string) {
    super(errmsg);
    this.name = 'WeChatOpenError';
    this.errcode = errcode;
  }
}

export function openError(errcode: number, errmsg: string): WeChatOpenError {
  return new WeChatOpenError(errcode, errmsg);
}

/** The platform ends its messages with a request id that support asks for. */
export function describeError(error: WeChatOpenError): { errcode: number; errmsg: string } {
  return {
    errcode: error.errcode,
    errmsg: `${error.message}, rid: ${randomHex(8)}-${randomHex(8)}-${randomHex(8)}`,
  };
}
