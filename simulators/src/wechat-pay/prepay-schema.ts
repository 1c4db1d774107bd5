import { z } from 'zod';
import { group, integer, oneOf, text } from './rules.ts';

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})$/;
const LARGEST_DETAIL_BYTES = 6144;

const device = {
  device_id: text('商户端设备号', { max: 32 }).optional(),
  store_info: group('商户门店信息', {
    id: text('门店编号', { max: 32 }),
    name: text('门店名称', { max: 256 }).optional(),
    area_code: text('地区编码', { max: 32 }).optional(),
    address: text('详细地址', { max: 512 }).optional(),
  }).optional(),
};

const payerIp = text('用户终端IP', { max: 45 });

const scene = group('场景信息', { payer_client_ip: payerIp, ...device }).optional();

const h5Scene = group('场景信息', {
  payer_client_ip: payerIp,
  ...device,
  h5_info: group('H5场景信息', {
    type: oneOf('场景类型', ['Wap', 'iOS', 'Android']),
    app_name: text('应用名称', { max: 64 }).optional(),
    app_url: text('网站URL', { max: 128 }).optional(),
    bundle_id: text('iOS平台BundleID', { max: 128 }).optional(),
    package_name: text('Android平台PackageName', { max: 128 }).optional(),
  }),
});

const detail = z
  .record(z.string(), z.unknown())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= LARGEST_DETAIL_BYTES, {
    error: `优惠功能”字符串规则校验失败，大于最大值 ${LARGEST_DETAIL_BYTES}`,
  });

export const prepayBase = group('下单请求', {
  appid: text('公众号ID', { max: 32 }),
  mchid: text('直连商户号', { max: 32 }),
  description: text('商品描述', { max: 127 }),
  out_trade_no: text('商户订单号', { min: 6, max: 32, pattern: /^[0-9A-Za-z_\-|*]+$/ }),
  time_expire: text('交易结束时间', { max: 64, pattern: RFC3339 })
    .refine((value) => !Number.isNaN(Date.parse(value)), { error: '交易结束时间”不是合法的时间' })
    .optional(),
  attach: text('附加数据', { max: 128 }).optional(),
  notify_url: text('通知地址', { max: 255 }),
  goods_tag: text('订单优惠标记', { max: 32 }).optional(),
  support_fapiao: z.boolean({ error: '电子发票入口开放标识”类型校验失败' }).optional(),
  amount: group('订单金额', {
    total: integer('总金额', 1, 1_000_000_000_000),
    currency: oneOf('货币类型', ['CNY']).default('CNY'),
  }),
  detail: detail.optional(),
  scene_info: scene,
  settle_info: group('结算信息', {
    profit_sharing: z.boolean({ error: '是否指定分账”类型校验失败' }).optional(),
  }).optional(),
});

const payer = group('支付者', { openid: text('用户标识', { max: 128 }) });

export const PREPAY_SCHEMAS = {
  native: prepayBase,
  app: prepayBase,
  jsapi: prepayBase.extend({ payer }),
  h5: prepayBase.extend({ scene_info: h5Scene }),
};
