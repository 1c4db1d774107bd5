/** Who and what the stories have in common. */
import type { Call } from './http.ts';
import type { Step } from './steps.ts';

export const ADDRESS = {
  firstName: 'Demo',
  lastName: 'Buyer',
  street1: '1 Abacus Road',
  city: 'Shenzhen',
  state: 'Guangdong',
  zipCode: '518000',
  country: 'CN',
  phone: '19900000000',
};

/** The wait for something that a job does within seconds. */
export const SOON_MS = 30_000;

export interface Stage {
  readonly shop: Call;
  /** The simulators' control API. */
  readonly control: Call;
  readonly adminPassword: string;
  readonly step: Step;
}

interface Session {
  readonly tokens: { readonly accessToken: string };
}

export async function logInStaff({ shop }: Stage, identifier: string, password: string): Promise<string> {
  const { tokens } = await shop<Session>('POST /users/login', { body: { identifier, password } });
  return tokens.accessToken;
}

export async function logInThroughWechat({
  shop,
  control,
}: Stage): Promise<{ token: string; payerId: string }> {
  const merchant = await control<{ apps: { appid: string; kind: string }[] }>('GET /wechat-pay/merchant');
  const miniProgram = merchant.apps.find((app) => app.kind === 'mini_program');
  const payer = await control<{ id: string }>('POST /payers', { body: { name: 'Demo Buyer' } });
  const { code } = await control<{ code: string }>('POST /wechat-open/login-codes', {
    body: { payerId: payer.id, appid: miniProgram?.appid },
  });
  const { tokens } = await shop<Session>('POST /wechat/login', { body: { code } });
  return { token: tokens.accessToken, payerId: payer.id };
}
