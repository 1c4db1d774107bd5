import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shopApi } from '../api.ts';
import { formatMoment } from '../moments.ts';

const SECOND_MS = 1_000;
const SOON_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

function timeLeft(until: string): number {
  return Math.max(0, Date.parse(until) - (Date.now() + shopApi.clockOffsetMs()));
}

/** `1:05` or `1:01:05`. */
function toClock(ms: number): string {
  const seconds = Math.ceil(ms / SECOND_MS);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, ...rest] = parts as [number, number, number];
  const shown = hours > 0 ? [hours, ...rest] : rest;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** How long the order can still be paid, by the server's clock. */
export function Countdown({ until }: { readonly until: string }) {
  const { t, i18n } = useTranslation();
  const [left, setLeft] = useState(() => timeLeft(until));
  useEffect(() => {
    setLeft(timeLeft(until));
    const timer = setInterval(() => setLeft(timeLeft(until)), SECOND_MS);
    return () => clearInterval(timer);
  }, [until]);
  if (left === 0) {
    return <p className="wrong">{t('tooLate')}</p>;
  }
  if (left > DAY_MS) {
    return <p className="quiet">{t('payUntil', { at: formatMoment(until, i18n.language) })}</p>;
  }
  return (
    <p className={`countdown ${left < SOON_MS ? 'soon' : ''}`}>
      <span className="quiet">{t('timeLeft')}</span> <time role="timer">{toClock(left)}</time>
    </p>
  );
}
