import { useQuery } from '@tanstack/react-query';
import { Button, Card, Flex } from 'antd';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { Page } from '../../types/page.ts';
import type { BillAccount, BillRun } from '../../types/reconciliation.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';
import { addMonths, daysOf, isWeekend } from './month.ts';

type DayState = 'clean' | 'carried' | 'open' | 'waiting' | 'none';

const STATES: readonly DayState[] = ['clean', 'carried', 'open', 'waiting', 'none'];

function stateOf(run: BillRun | undefined): DayState {
  if (run === undefined) {
    return 'none';
  }
  if (run.status !== 'done') {
    return 'waiting';
  }
  const has = (state: string) => run.differences.some((one) => one.state === state);
  if (has('open')) {
    return 'open';
  }
  return has('carried') ? 'carried' : 'clean';
}

const openCount = (run: BillRun) =>
  run.differences.filter(({ state }) => state === 'open').reduce((sum, { count }) => sum + count, 0);

/** Today (`YYYY-MM-DD`) by the server's clock, in the zone in which a provider counts its days. */
function toToday(timeZone: string): string {
  const now = new Date(Date.now() + consoleApi.clockOffsetMs());
  // Sweden writes its dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now);
}

interface DayProps {
  readonly date: string;
  readonly account: BillAccount;
  readonly run: BillRun | undefined;
  readonly onOpen: (runId: string) => void;
}

/** One day of one account: its report, or the offer to run it. */
function Day({ date, account, run, onOpen }: DayProps) {
  const may = useMay();
  const act = useAct<BillRun>({ onDone: ({ id }) => onOpen(id) });
  const state = stateOf(run);
  const { provider, merchantAccount, timeZone } = account;
  const body = { provider, merchantAccount, date };
  const click = () =>
    run === undefined
      ? act.mutate({ method: 'POST', path: '/admin/reconciliation/runs', body })
      : onOpen(run.id);
  const canClick = run !== undefined || (may('reconciliation.write') && date < toToday(timeZone));
  const word = `${wordFor('provider', provider)} ${date} ${wordFor('day', state)}`;
  return (
    <button
      type="button"
      className={`day day-${state}`}
      disabled={!canClick || act.isPending}
      aria-label={word}
      title={word}
      onClick={click}
    >
      {run !== undefined && state === 'open' ? openCount(run) : ''}
    </button>
  );
}

interface RowProps {
  readonly account: BillAccount;
  readonly days: readonly string[];
  readonly onOpen: (runId: string) => void;
}

const LIMIT = 100;

function AccountRow({ account, days, onOpen }: RowProps) {
  const { provider, merchantAccount } = account;
  const query = { provider, from: days[0], until: days.at(-1), limit: LIMIT };
  const runs = useQuery({
    queryKey: ['/admin/reconciliation/runs', query],
    queryFn: () => consoleApi.get<Page<BillRun>>('/admin/reconciliation/runs', query),
  });
  const ofAccount = (runs.data?.items ?? []).filter((run) => run.merchantAccount === merchantAccount);
  const byDate = new Map(ofAccount.map((run) => [run.date, run]));
  return (
    <>
      <span className="matrix-name" title={merchantAccount}>
        {wordFor('provider', provider)}
        <small className="faint">{merchantAccount}</small>
      </span>
      {runs.isError ? (
        <div className="matrix-whole">
          <Problem error={runs.error} onRetry={() => void runs.refetch()} />
        </div>
      ) : (
        days.map((date) => (
          <Day key={date} date={date} account={account} run={byDate.get(date)} onOpen={onOpen} />
        ))
      )}
    </>
  );
}

/** What the colours mean. */
function Legend() {
  return (
    <Flex gap="middle" wrap className="legend">
      {STATES.map((state) => (
        <span key={state}>
          <i className={`day-${state}`} /> {wordFor('day', state)}
        </span>
      ))}
    </Flex>
  );
}

interface CalendarProps {
  readonly accounts: readonly BillAccount[];
  /** `YYYY-MM`; empty for this month. */
  readonly month: string;
  readonly onMonth: (month: string) => void;
  readonly onOpen: (runId: string) => void;
}

/** A month at a glance, one row for each account: days that agree, that do not, and that wait for their bill. */
export function RunCalendar({ accounts, month, onMonth, onOpen }: CalendarProps) {
  const { t } = useTranslation();
  const shown = /^\d{4}-\d{2}$/.test(month) ? month : toToday('UTC').slice(0, 7);
  const days = daysOf(shown);
  return (
    <Card
      size="small"
      className="calendar"
      title={
        <Flex gap="small" align="center">
          <Button size="small" aria-label={t('monthBefore')} onClick={() => onMonth(addMonths(shown, -1))}>
            ‹
          </Button>
          {shown}
          <Button size="small" aria-label={t('monthAfter')} onClick={() => onMonth(addMonths(shown, 1))}>
            ›
          </Button>
        </Flex>
      }
    >
      <div className="matrix" style={{ '--days': days.length } as CSSProperties}>
        <span />
        {days.map((day) => (
          <small key={day} className={isWeekend(day) ? 'faint' : ''}>
            {Number(day.slice(8))}
          </small>
        ))}
        {accounts.map((account) => (
          <AccountRow
            key={`${account.provider} ${account.merchantAccount}`}
            account={account}
            days={days}
            onOpen={onOpen}
          />
        ))}
      </div>
      <Legend />
    </Card>
  );
}
