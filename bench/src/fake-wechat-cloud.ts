/** As much of the platform's link as a measurement needs: every trade that is opened is paid. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { PreparedRequest } from './load/request.ts';

const APPID = 'wxbench';
const SUB_MCHID = '1700000001';
/** Production speaks to the default port only. */
export const LINK_ADDRESS = '127.0.0.2';

export interface FakeWechatCloud {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

interface Asked {
  readonly out_trade_no?: string;
  readonly total_fee?: number;
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked;
}

/** A callback as the platform brings it; nothing in it counts but the number. */
export function callbackOf(paymentId: string): PreparedRequest {
  return {
    method: 'POST',
    path: `/orders/payment-callback/${paymentId}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ returnCode: 'SUCCESS', resultCode: 'SUCCESS', outTradeNo: paymentId }),
  };
}

/** Starts it on port 80 of a loopback address, which needs the right to. */
export async function startFakeWechatCloud(): Promise<FakeWechatCloud> {
  const amounts = new Map<string, number>();
  let opened = 0;

  function answer(verb: string, { out_trade_no: number = '', total_fee: amount = 0 }: Asked): object {
    if (verb === 'unifiedOrder') {
      opened += 1;
      amounts.set(number, amount);
      const prepayId = `wx${opened}`;
      const payment = { appId: APPID, timeStamp: '1', nonceStr: 'n', signType: 'MD5', paySign: 's' };
      return { prepay_id: prepayId, payment: { ...payment, package: `prepay_id=${prepayId}` } };
    }
    return {
      ...{ out_trade_no: number, sub_mch_id: SUB_MCHID, sub_appid: APPID, trade_state: 'SUCCESS' },
      ...{ transaction_id: `42${number}`, total_fee: amounts.get(number), time_end: '20260701120000' },
    };
  }

  const server = createServer((request, response) => {
    void read(request).then((asked) => {
      const data = answer(request.url?.split('/').at(-1) ?? '', asked);
      const respdata = { return_code: 'SUCCESS', result_code: 'SUCCESS', ...data };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ errcode: 0, errmsg: 'ok', respdata }));
    });
  }).listen(80, LINK_ADDRESS);
  await once(server, 'listening');
  return {
    environment: {
      ...{ WX_APPID: APPID, CBR_ENV_ID: 'prod-bench', WX_CLOUD_PAY_MCHID: SUB_MCHID },
      ...{ WX_CLOUD_PAY_SERVICE: 'suanpan', WECHAT_CLOUD_HOSTING: 'true' },
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
