import { z } from 'zod';
import { AlipayError } from './errors.ts';

const number = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[0-9A-Za-z_-]+$/);
const text = (max: number) => z.string().min(1).max(max);

/** `0.01` to `100000000.00`, in yuan with at most two decimals, as fen. */
const amount = z
  .string()
  .regex(/^(0|[1-9]\d{0,8})(\.\d{1,2})?$/)
  .transform((value) => {
    const [whole = '0', fraction = ''] = value.split('.');
    return Number(`${whole}${fraction.padEnd(2, '0')}`);
  })
  .refine((fen) => fen >= 1 && fen <= 10_000_000_000);

const time = z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?$/);
const duration = z.string().regex(/^[1-9]\d*[mhd]$|^1c$/);

export const orderSchema = z.object({
  out_trade_no: number,
  total_amount: amount,
  subject: text(256).refine((value) => !/[/=&]/.test(value)),
  body: text(128).optional(),
  product_code: text(64).optional(),
  time_expire: time.optional(),
  timeout_express: duration.optional(),
  qr_code_timeout_express: duration.optional(),
  passback_params: text(512).optional(),
  quit_url: text(400).optional(),
});

const referenceShape = { out_trade_no: number.optional(), trade_no: text(64).optional() };
const isReference = (input: { out_trade_no?: string | undefined; trade_no?: string | undefined }) =>
  input.out_trade_no !== undefined || input.trade_no !== undefined;

export const referenceSchema = z.object(referenceShape).refine(isReference);
export const refundSchema = z
  .object({
    ...referenceShape,
    refund_amount: amount,
    out_request_no: number.optional(),
    refund_reason: text(256).optional(),
  })
  .refine(isReference);
export const refundQuerySchema = z.object({ ...referenceShape, out_request_no: number }).refine(isReference);
export const billSchema = z.object({
  bill_type: z.enum(['trade', 'signcustomer']),
  bill_date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
});

/** What the content says, or the refusal that Alipay gives for its first mistake. */
export function check<Schema extends z.ZodType>(schema: Schema, content: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(content);
  if (parsed.success) {
    return parsed.data;
  }
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new AlipayError('40004', 'ACQ.INVALID_PARAMETER', `参数有误${path === '' ? '' : `：${path}`}`);
}
