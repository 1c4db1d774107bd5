import { z } from 'zod';

/** Where the platform's link takes a call, and what it needs to bring the answer back. */
const settingsSchema = z.object({
  /** The merchant that is paid; the platform, as its service provider, has a number of its own. */
  subMchid: z.string().regex(/^\d{6,32}$/, 'is not a merchant number'),
  /** The environment whose service gets the callbacks. */
  envId: z.string().regex(/^[\w-]{1,64}$/, 'is not the id of an environment'),
  service: z.string().regex(/^[\w-]{1,64}$/, 'is not the name of a service'),
  /** The apps that may call the environment; the first one is its own. */
  apps: z
    .array(z.object({ appid: z.string().regex(/^wx[0-9a-zA-Z]{1,30}$/, 'is not an appid') }))
    .min(1, 'must name at least one app'),
  /** Plain http: inside the container the platform answers for this name and adds who calls. */
  baseUrl: z.url({ protocol: /^https?$/ }).default('http://api.weixin.qq.com'),
  feeBasisPoints: z.int().min(0).max(10_000).default(60),
});

export type WechatCloudSettings = z.input<typeof settingsSchema>;
export type CheckedSettings = z.output<typeof settingsSchema>;

/** Throws an error that names everything that is wrong at once. */
export function checkSettings(settings: WechatCloudSettings): CheckedSettings {
  const { data, error } = settingsSchema.safeParse(settings);
  if (!data) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new Error(`the configuration of WeChat's cloud payments is wrong: ${problems.join('; ')}`);
  }
  return data;
}

/** Where the platform brings the callback of a payment to, inside the environment. */
export function callbackPathOf(paymentId: string): string {
  return `/orders/payment-callback/${paymentId}`;
}
