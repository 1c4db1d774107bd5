import { tradeBill } from '../wechat-pay/bill-csv.ts';
import { disturbRows } from '../wechat-pay/bill-rows.ts';
import { readableDay, rowsBetween } from '../wechat-pay/bills.ts';
import { WeChatPayError } from '../wechat-pay/errors.ts';
import { check, group, oneOf, text } from '../wechat-pay/rules.ts';
import type { WireAnswer } from '../wire.ts';
import type { WeChatCloudContext } from './context.ts';
import { merchantField } from './orders.ts';
import { handOn } from './words.ts';

const billSchema = group('下载账单请求', {
  bill_date: text('对账单日期', { max: 8, pattern: /^\d{8}$/ }),
  bill_type: oneOf('账单类型', ['ALL', 'SUCCESS', 'REFUND']).default('ALL'),
  sub_mch_id: merchantField,
});

const noBill = (message: string, code: string): WireAnswer =>
  handOn({ return_code: 'FAIL', return_msg: message, error_code: code });

/** The bill of a day as a text, or why there is none. */
export function downloadBill(context: WeChatCloudContext, body: unknown): WireAnswer {
  const { bill_date: digits, bill_type: type } = check(billSchema, body, 'body');
  try {
    const day = readableDay(context, digits.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'));
    const rows = disturbRows(rowsBetween(context, day.start, day.end), { ...context, operation: 'bill' });
    const { mchid, appid } = context.material;
    return rows.length === 0
      ? noBill('No Bill Exist', '20002')
      : handOn(tradeBill(type, rows, { mchid, appid }));
  } catch (error) {
    if (error instanceof WeChatPayError && error.code === 'STATEMENT_CREATING') {
      return noBill('Bill Creating', '20003');
    }
    throw error;
  }
}
