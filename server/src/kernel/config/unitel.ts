import type { Settings } from './keys.ts';

/** The shop's account at the mobile operator Unitel. */
export interface UnitelConfig {
  readonly username: string;
  readonly password: string;
  readonly baseUrl: string;
  /** What stands as the payer's account in each transaction. */
  readonly account: string;
  /** Whether a tax bill is asked for with each delivery. */
  readonly hasVatBill: boolean;
}

/** What `UNITEL_*` says; `null` without `UNITEL_USERNAME`. Adds what is wrong to `problems`. */
export function readUnitel(settings: Settings, problems: string[]): UnitelConfig | null {
  const { UNITEL_USERNAME: username, UNITEL_PASSWORD: password, UNITEL_BASE_URL: baseUrl } = settings;
  if (settings.NODE_ENV === 'production' && !baseUrl.startsWith('https://')) {
    problems.push('UNITEL_BASE_URL: must be https in production');
  }
  if (username === undefined) {
    return null;
  }
  if (password === undefined) {
    problems.push('UNITEL_USERNAME also needs UNITEL_PASSWORD');
    return null;
  }
  return {
    ...{ username, password, baseUrl },
    account: settings.UNITEL_ACCOUNT,
    hasVatBill: settings.UNITEL_VAT_BILL,
  };
}
