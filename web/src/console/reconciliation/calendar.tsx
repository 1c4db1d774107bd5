import { useQuery } from '@tanstack/react-query';
import { Button, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { Page } from '../../types/page.ts';
import type { BillAccount, BillRun } from '../../types/reconciliation.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';
import { addMonths, weeksOf } from './month.ts';

type DayState = 'clean' | 'carried' | 'open' | 'waiting' | 'none';

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

interface DayProps {
  readonly date: string;
  readonly account: BillAccount;
  readonly run: BillRun | undefined;
  readonly isOutside: boolean;
  readonly onOpen: (runId: string) => void;
}

/** One day: its report, or the offer to run it. */
function Day({ date, account, run, isOutside, onOpen }: DayProps) {
  const may = useMay();
  const act = useAct<BillRun>({ onDone: ({ id }) => onOpen(id) });
  const state = stateOf(run);
  const { provider, merchantAccount } = account;
  const click = () =>
    run === undefined
      ? act.mutate({
          method: 'POST',
          path: '/admin/reconciliation/runs',
          body: { provider, merchantAccount, date },
        })
      : onOpen(run.id);
  const canClick = run !== undefined || (may('reconciliation.write') && date < toToday());
  const word = wordFor('day', state);
  const classes = ['day', `day-${state}`, ...(isOutside ? ['day-outside'] : [])];
  return (
    <button
      type="button"
      className={classes.join(' ')}
      disabled={!canClick || act.isPending}
      aria-label={`${date} ${word}`}
      title={word}
      onClick={click}
    >
      <span>{Number(date.slice(8))}</span>
      <small>{run !== undefined && state === 'open' ? openCount(run) : ''}</small>
    </button>
  );
}

const toToday = () => new Date().toISOString().slice(0, 10);

interface CalendarProps {
  readonly accounts: readonly BillAccount[];
  /** `YYYY-MM`; empty for this month. */
  readonly month: string;
  readonly onMonth: (month: string) => void;
  readonly onOpen: (runId: string) => void;
}

const LIMIT = 100;

function AccountCalendar({
  account,
  month,
  onOpen,
}: { readonly account: BillAccount } & Omit<CalendarProps, 'accounts' | 'onMonth'>) {
  const weeks = weeksOf(month);
  const days = weeks.flat();
  const query = { provider: account.provider, from: days[0], until: days.at(-1), limit: LIMIT };
  const runs = useQuery({
    queryKey: ['/admin/reconciliation/runs', query],
    queryFn: () => consoleApi.get<Page<BillRun>>('/admin/reconciliation/runs', query),
  });
  const ofAccount = (runs.data?.items ?? []).filter((run) => run.merchantAccount === account.merchantAccount);
  const byDate = new Map(ofAccount.map((run) => [run.date, run]));
  return (
    <div>
      <Typography.Text strong>
        {wordFor('provider', account.provider)} <small className="faint">{account.merchantAccount}</small>
      </Typography.Text>
      {runs.isError && <Problem error={runs.error} onRetry={() => void runs.refetch()} />}
      <div className="calendar">
        {days.map((date) => (
          <Day
            key={date}
            date={date}
            account={account}
            run={byDate.get(date)}
            isOutside={!date.startsWith(month)}
            onOpen={onOpen}
          />
        ))}
      </div>
    </div>
  );
}

/** A month of each account: which days agree, which do not, and which wait for their bill. */
export function RunCalendar({ accounts, month, onMonth, onOpen }: CalendarProps) {
  const { t } = useTranslation();
  const shown = /^\d{4}-\d{2}$/.test(month) ? month : toToday().slice(0, 7);
  return (
    <Flex vertical gap="small" className="calendars">
      <Flex gap="small" align="center">
        <Button size="small" aria-label={t('monthBefore')} onClick={() => onMonth(addMonths(shown, -1))}>
          ‹
        </Button>
        <strong>{shown}</strong>
        <Button size="small" aria-label={t('monthAfter')} onClick={() => onMonth(addMonths(shown, 1))}>
          ›
        </Button>
      </Flex>
      <Flex gap="large" wrap>
        {accounts.map((account) => (
          <AccountCalendar
            key={`${account.provider} ${account.merchantAccount}`}
            account={account}
            month={shown}
            onOpen={onOpen}
          />
        ))}
      </Flex>
    </Flex>
  );
}
