import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { shopApi } from '../api.ts';
import { Loading, Problem } from '../light/notices.tsx';
import { keepSession, type LoggedIn, useGoOn } from './log-in.tsx';

/** Where WeChat, here its simulator, comes back to with a code that is good for one login. */
export function WechatReturn() {
  const { t } = useTranslation();
  const goOn = useGoOn();
  const [parameters] = useSearchParams();
  const code = parameters.get('code') ?? '';
  const inviteCode = parameters.get('invite');
  // A query and not an effect, because a code must be exchanged once however often the component is mounted.
  const exchange = useQuery({
    queryKey: ['wechat-code', code],
    queryFn: () =>
      shopApi.send<LoggedIn>('POST', '/wechat/login', {
        body: { code, ...(inviteCode !== null && { inviteCode }) },
      }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const { data } = exchange;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the answer moves on, once.
  useEffect(() => {
    if (data !== undefined) {
      keepSession(data, t('wechatBuyer'));
      goOn();
    }
  }, [data]);
  if (!exchange.isError) {
    return <Loading />;
  }
  return (
    <section className="card narrow">
      <h1>{t('logInFailed')}</h1>
      <Problem error={exchange.error} />
      <Link className="button" to="/log-in">
        {t('logIn')}
      </Link>
    </section>
  );
}
