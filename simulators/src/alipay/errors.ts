/** A refusal in Alipay's words: HTTP is 200 all the same, and the answer is signed like any other. */
export class AlipayError extends Error {
  readonly code: string;
  readonly subCode: string;

  constructor(code: string, subCode: string, message: string) {
    super(message);
    this.name = 'AlipayError';
    this.code = code;
    this.subCode = subCode;
  }
}

const MESSAGES: Record<string, string> = {
  '20000': 'Service Currently Unavailable',
  '40001': 'Missing Required Arguments',
  '40002': 'Invalid Arguments',
  '40004': 'Business Failed',
  '40005': 'Call Limited',
  '40006': 'Insufficient Permissions',
};

export const invalidArgument = (subCode: string, message: string) =>
  new AlipayError('40002', subCode, message);
export const missingArgument = (name: string) =>
  new AlipayError('40001', `isv.missing-${name.replaceAll('_', '-')}`, `缺少${name}参数`);
/** The trade and refund interfaces' own refusals. */
export const refused = (reason: string, message: string) =>
  new AlipayError('40004', `ACQ.${reason}`, message);
export const tradeNotExist = () => refused('TRADE_NOT_EXIST', '交易不存在');

export function describeError({ code, subCode, message }: AlipayError): Record<string, unknown> {
  return { code, msg: MESSAGES[code] ?? 'Business Failed', sub_code: subCode, sub_msg: message };
}
