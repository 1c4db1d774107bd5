import { Empty, Tag, Timeline } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { wordFor } from '../../language.ts';
import { formatExactMoment } from '../../moments.ts';
import type { StaffOrder } from '../../types/operations.ts';
import { wordsOf } from '../history.tsx';
import { Actor, Status } from '../values.tsx';
import { type Entry, type Kind, type Tone, toEntries } from './timeline-entries.ts';

const KINDS: readonly Kind[] = ['status', 'event', 'call', 'notification', 'job'];
const COLOURS: Readonly<Record<Tone, string>> = {
  good: 'green',
  bad: 'red',
  waiting: 'blue',
  plain: 'gray',
};

function StatusEntry({ step }: Extract<Entry, { readonly kind: 'status' }>) {
  const { entity, entityId, field, from, to, actor, note } = step;
  const kind = wordsOf(entity, field);
  return (
    <>
      <p>
        {wordFor('field', `${entity}.${field}`)}{' '}
        {from !== null && <span className="faint">{wordFor(kind, from)} → </span>}
        <Status kind={kind} value={to} />
      </p>
      <small>
        <Actor actor={actor.type === 'customer' ? { ...actor, id: null } : actor} />
        {entity !== 'order' && ` · ${entityId}`}
        {note !== null && ` · ${note}`}
      </small>
    </>
  );
}

function JobEntry({ job }: Extract<Entry, { readonly kind: 'job' }>) {
  const { t } = useTranslation();
  const waiting = job.isRunning ? 'jobRunning' : 'jobWaiting';
  return (
    <>
      <p>
        <code>{job.name}</code> {t(job.state === 'dead' ? 'jobDead' : waiting)}
      </p>
      {job.attempts > 0 && (
        <small>
          {t('jobAttempts', { count: job.attempts })}
          {job.lastError !== null && ` · ${job.lastError}`}
        </small>
      )}
    </>
  );
}

function CallEntry({ call }: Extract<Entry, { readonly kind: 'call' }>) {
  const { t } = useTranslation();
  return (
    <>
      <p>
        {wordFor('provider', call.provider)} <code>{call.operation}</code>{' '}
        <Tag color={call.status !== null && call.status < 400 ? 'green' : 'red'} variant="filled">
          {call.status ?? t('callUnanswered')}
        </Tag>
      </p>
      <small>
        {call.durationMs} ms · {call.subject}
        {call.error !== null && ` · ${call.error}`}
      </small>
    </>
  );
}

function NotificationEntry({ notification }: Extract<Entry, { readonly kind: 'notification' }>) {
  return (
    <>
      <p>
        {wordFor('provider', notification.provider)}{' '}
        <Link to={`/notifications?state=all&open=${notification.id}`}>{notification.eventType}</Link>{' '}
        <Status kind="eventState" value={notification.state} />
      </p>
      <small>
        {notification.subjectId}
        {notification.reason !== null && ` · ${notification.reason}`}
      </small>
    </>
  );
}

function EntryBody({ entry }: { readonly entry: Entry }) {
  switch (entry.kind) {
    case 'status':
      return <StatusEntry {...entry} />;
    case 'job':
      return <JobEntry {...entry} />;
    case 'call':
      return <CallEntry {...entry} />;
    case 'notification':
      return <NotificationEntry {...entry} />;
    case 'event':
      return (
        <p>
          <code>{entry.name}</code>
        </p>
      );
  }
}

/** Everything that happened to the order, in one list; kinds can be left out. */
export function OrderTimeline({ order }: { readonly order: StaffOrder }) {
  const { t, i18n } = useTranslation();
  const [hidden, setHidden] = useState<readonly Kind[]>([]);
  const all = toEntries(order);
  const entries = all.filter(({ kind }) => !hidden.includes(kind));
  const toggle = (kind: Kind) =>
    setHidden(hidden.includes(kind) ? hidden.filter((other) => other !== kind) : [...hidden, kind]);
  return (
    <>
      <div className="timeline-kinds">
        {KINDS.filter((kind) => all.some((entry) => entry.kind === kind)).map((kind) => (
          <Tag.CheckableTag key={kind} checked={!hidden.includes(kind)} onChange={() => toggle(kind)}>
            {t(`kind.${kind}`)}
          </Tag.CheckableTag>
        ))}
      </div>
      {entries.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('nothingHere')} />}
      <Timeline
        items={entries.map((entry) => ({
          key: entry.key,
          color: COLOURS[entry.tone],
          content: (
            <div className="timeline-entry">
              <EntryBody entry={entry} />
              <small>
                <time dateTime={entry.at}>{formatExactMoment(entry.at, i18n.language)}</time>
              </small>
            </div>
          ),
        }))}
      />
    </>
  );
}
