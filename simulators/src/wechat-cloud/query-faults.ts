import { type Fault, numberParam, textParam } from '../faults.ts';
import { DISTORTIONS } from '../wechat-pay/distort.ts';

/** Answers that tell a wrong fact; `not_paid_yet` denies money that has come. */
export const QUERY_FAULTS = [...DISTORTIONS, 'not_paid_yet'] as const;

/** The same trade with one fact changed; parameters choose the value. */
export function distortTrade(data: Record<string, unknown>, fault: Fault): Record<string, unknown> {
  switch (fault.kind) {
    case 'wrong_amount': {
      const total = numberParam(fault, 'total', Number(data.total_fee) + 1);
      return data.total_fee === undefined ? data : { ...data, total_fee: total, cash_fee: total };
    }
    case 'wrong_mchid':
      return { ...data, sub_mch_id: textParam(fault, 'mchid', '1999999999') };
    case 'wrong_appid':
      return { ...data, sub_appid: textParam(fault, 'appid', 'wx0000000000000000') };
    case 'wrong_currency':
      return data.fee_type === undefined ? data : { ...data, fee_type: textParam(fault, 'currency', 'USD') };
    case 'not_paid_yet':
      return { sub_appid: data.sub_appid, out_trade_no: data.out_trade_no, trade_state: 'NOTPAY' };
    default:
      return data;
  }
}
