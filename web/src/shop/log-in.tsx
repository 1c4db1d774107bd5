import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { ApiError, shopApi } from '../api.ts';
import { Field } from '../light/field.tsx';
import { Problem } from '../light/notices.tsx';
import { useSettings } from '../light/use-settings.ts';
import { shopSession, type Tokens } from '../session.ts';

export interface LoggedIn {
  readonly user: { readonly username: string | null; readonly email: string | null };
  readonly tokens: Tokens;
}

/** Keeps the session of a login that has succeeded. */
export function keepSession({ user, tokens }: LoggedIn, otherwiseName: string): void {
  shopSession.write({ tokens, name: user.username ?? user.email ?? otherwiseName });
}

/** Where to go on after a login: a page of the shop or the cashier, never another site. */
function nextOf(parameters: URLSearchParams): string {
  const next = URL.parse(parameters.get('next') ?? '/shop/', location.origin);
  const isOurs = next?.origin === location.origin && /^\/(?:shop|cashier)\//.test(next.pathname);
  return isOurs ? next.pathname + next.search : '/shop/';
}

/** Goes on inside the shop without loading the page again, or over to the cashier. */
export function useGoOn(): () => void {
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  return () => {
    const next = nextOf(parameters);
    if (next.startsWith('/shop/')) {
      void navigate(next.slice('/shop'.length), { replace: true });
    } else {
      location.assign(next);
    }
  };
}

type Fields = Readonly<Record<string, string>>;

type ProblemOf = (field: string) => string | undefined;

function NewAccountFields({ problemOf }: { readonly problemOf: ProblemOf }) {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  return (
    <>
      <Field
        label={t('username')}
        name="username"
        hint={t('usernameHint')}
        problem={problemOf('username')}
        autoComplete="username"
        required
        minLength={3}
        maxLength={30}
        pattern="[A-Za-z0-9_]+"
      />
      <Field
        label={t('email')}
        name="email"
        type="email"
        problem={problemOf('email')}
        autoComplete="email"
        required
      />
      <Field
        label={t('inviteCodeOptional')}
        name="inviteCode"
        problem={problemOf('inviteCode')}
        defaultValue={parameters.get('invite') ?? ''}
        autoComplete="off"
        maxLength={32}
      />
    </>
  );
}

function LogInForm({ isNew }: { readonly isNew: boolean }) {
  const { t } = useTranslation();
  const goOn = useGoOn();
  const enter = useMutation({
    mutationFn: (body: Fields) =>
      shopApi.send<LoggedIn>('POST', isNew ? '/users/register' : '/users/login', { body }),
    onSuccess: (session) => {
      keepSession(session, '');
      goOn();
    },
  });
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = [...new FormData(event.currentTarget)] as [string, string][];
    enter.mutate(Object.fromEntries(typed.filter(([name, text]) => name !== 'inviteCode' || text !== '')));
  };
  const fields = enter.error instanceof ApiError ? enter.error.fields : [];
  const problemOf = (name: string) => fields.find(({ field }) => field === name)?.message;
  return (
    <form onSubmit={onSubmit} className="form">
      {isNew ? (
        <NewAccountFields problemOf={problemOf} />
      ) : (
        <Field label={t('identifier')} name="identifier" autoComplete="username" required maxLength={190} />
      )}
      <Field
        label={t('password')}
        name="password"
        type="password"
        {...(isNew ? { hint: t('passwordHint'), minLength: 8 } : {})}
        problem={problemOf('password')}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        required
        maxLength={128}
      />
      {enter.isError && <Problem error={enter.error} />}
      <button className="button wide" type="submit" disabled={enter.isPending}>
        {isNew ? t('register') : t('logIn')}
      </button>
    </form>
  );
}

/** The simulated phone gives the code that WeChat would give, and comes back to {@link WechatReturn} with it. */
function SimulatedLogIn({ phoneUrl }: { readonly phoneUrl: string }) {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  const back = new URL('/shop/log-in/wechat', location.origin);
  back.searchParams.set('next', nextOf(parameters));
  const invite = parameters.get('invite');
  if (invite !== null) {
    back.searchParams.set('invite', invite);
  }
  const target = new URL(phoneUrl);
  target.searchParams.set('login', 'wechat');
  target.searchParams.set('redirect_url', back.toString());
  return (
    <div className="aside">
      <a className="button secondary wide" href={target.toString()}>
        {t('logInAsSimulated')}
      </a>
      <p className="quiet">{t('simulatedHint')}</p>
    </div>
  );
}

export function LogIn() {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  // Who follows an invitation is most likely new.
  const [isNew, setIsNew] = useState(parameters.has('invite'));
  const settings = useSettings();
  const phoneUrl = settings.data?.simulators?.phoneUrl;
  return (
    <section className="card narrow">
      <h1>{isNew ? t('register') : t('logIn')}</h1>
      <LogInForm key={String(isNew)} isNew={isNew} />
      <button type="button" className="link" onClick={() => setIsNew(!isNew)}>
        {isNew ? t('haveAccount') : t('register')}
      </button>
      {phoneUrl !== undefined && <SimulatedLogIn phoneUrl={phoneUrl} />}
    </section>
  );
}
