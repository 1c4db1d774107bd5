import type { BillRequest, DownloadBillResult, Gateway } from '../../gateways/gateway.ts';
import { DAY_MS } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import { type BillCalendar, newestReadyDate } from './bill-day.ts';
import { noSuchBill } from './errors.ts';

/** Where the bill of a day comes from: a provider's file, or the bank statements and remittances that were imported. */
export interface BillSource extends BillCalendar {
  readonly provider: string;
  readonly merchantAccount: string;
  /** How far back a day may be asked for. */
  readonly maxAgeDays: number;
  /** The only kind of money that the bill tells of; every kind without it. */
  readonly tellsOnly?: 'payment';
  /** Another fee than ours is no difference: the provider's is taken over. */
  readonly doFeesVary?: true;
  /** Called outside every transaction. */
  downloadBill(request: BillRequest): Promise<DownloadBillResult>;
}

/** The bill of a gateway that has one to download. */
export function toBillSource(gateway: Gateway): BillSource | undefined {
  const { capabilities, merchantAccount } = gateway;
  if (capabilities.bill === null || gateway.downloadBill === undefined) {
    return undefined;
  }
  const download = gateway.downloadBill.bind(gateway);
  return { ...capabilities.bill, provider: capabilities.provider, merchantAccount, downloadBill: download };
}

/** Throws `no_such_bill` when the bill of the day can not be there: too new, or too old. */
export function assertBillExists(source: BillSource, date: string, now: number): void {
  const newest = newestReadyDate(now, source);
  const age = (Date.parse(newest) - Date.parse(date)) / DAY_MS;
  if (age < 0 || age >= source.maxAgeDays) {
    throw new AppError(noSuchBill, {
      details: { provider: source.provider, newest, maxAgeDays: source.maxAgeDays },
    });
  }
}
