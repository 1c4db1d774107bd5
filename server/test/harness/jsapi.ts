/** Buying in one call inside WeChat, as its callers do it. */
import type { OrderRow } from '../../src/modules/orders/index.ts';
import type { TestAnswer } from './api.ts';
import type { Customer, WechatShop } from './wechat-shop.ts';

export type JsapiFields = Readonly<Record<string, string | number>>;

export interface Jsapi {
  get(customer: Customer, fields: JsapiFields): Promise<TestAnswer>;
  post(
    customer: Customer,
    fields: JsapiFields,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestAnswer>;
  /** What the page of the source document sends, for two units at 99.00 CNY; without an appid from the mini program. */
  fieldsFor(customer: Customer, productId: string, appid?: string): JsapiFields;
  ordersOf(customer: Customer): Promise<OrderRow[]>;
  /** The phone pays with what it was given; WeChat checks the signature. */
  payOnPhone(answer: TestAnswer): 'paid' | 'scheduled' | 'refused';
}

export function createJsapi(shop: WechatShop): Jsapi {
  return {
    get(customer, fields) {
      const texts = Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]);
      const query = new URLSearchParams(texts);
      return shop.call(`GET /wechat/jsapiPay?${query.toString()}`, { token: customer.token });
    },
    post: (customer, fields, headers = {}) =>
      shop.call('POST /wechat/jsapiPay', { token: customer.token, body: fields, headers }),
    fieldsFor: (customer, productId, appid = shop.miniProgram) => ({
      userId: customer.userId,
      openid: customer.payer.openids[appid] ?? '',
      productId,
      productNum: 2,
      totalPrice: 19_800,
      description: 'two boxes of tea',
      remark: 'after six, please',
    }),
    ordersOf: ({ userId }) =>
      shop.db.query.selectFrom('orders').selectAll().where('customer_id', '=', userId).execute(),
    payOnPhone({ body: { data } }) {
      const { appId, timeStamp, nonceStr, package: prepay, signType, paySign } = data;
      const clientParams = { appId, timeStamp, nonceStr, package: prepay, signType, paySign };
      return shop.simulators.wechatPay.pay({ clientParams }).result;
    },
  };
}
