import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { shopApi } from '../api.ts';
import { CopyText } from '../light/copy-text.tsx';
import { Answered } from '../light/notices.tsx';
import { formatMoney } from '../money.ts';
import { shopSession } from '../session.ts';
import type { OwnInvites } from '../types/invites.ts';
import { useSession } from '../use-session.ts';
import { logOut } from './log-out.ts';

function Invites({ invites }: { readonly invites: OwnInvites }) {
  const { t, i18n } = useTranslation();
  const { code, invited, earned, terms } = invites;
  const link = new URL(`/shop/log-in?invite=${encodeURIComponent(code)}`, location.origin).href;
  const percent = terms.basisPoints / 100;
  return (
    <section className="card">
      <h2>{t('invite')}</h2>
      {terms.basisPoints > 0 && <p>{t(`terms.${terms.on}`, { percent })}</p>}
      <div className="instructions">
        <dl>
          <CopyText label={t('inviteCode')} text={code} />
          <CopyText label={t('inviteLink')} text={link} />
        </dl>
      </div>
      <p className="sum">
        <span>{t('invited', { count: invited })}</span>
        <strong>{formatMoney(earned.amount, earned.currency, i18n.language)}</strong>
      </p>
    </section>
  );
}

/** Who one is, whom one may bring, and the way out. */
export function AccountPage() {
  const { t } = useTranslation();
  const session = useSession(shopSession);
  const invites = useQuery({
    queryKey: ['invites'],
    queryFn: () => shopApi.get<OwnInvites>('/users/me/invites'),
  });
  return (
    <>
      <h1>{session?.name}</h1>
      <nav className="buttons">
        <Link className="button secondary" to="/orders">
          {t('myOrders')}
        </Link>
        <Link className="button secondary" to="/coins">
          {t('coins')}
        </Link>
        <Link className="button secondary" to="/notices">
          {t('notices')}
        </Link>
      </nav>
      <Answered query={invites}>{(found) => <Invites invites={found} />}</Answered>
      <button type="button" className="link danger" onClick={logOut}>
        {t('logOut')}
      </button>
    </>
  );
}
