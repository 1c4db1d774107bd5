import { useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Dropdown, Layout } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, Outlet, useLocation } from 'react-router';
import { ApiError, consoleApi } from '../api.ts';
import icon from '../icon.svg';
import { switchLanguage } from '../language.ts';
import { consoleSession } from '../session.ts';
import { useSession } from '../use-session.ts';
import { Navigation } from './navigation.tsx';
import { Loading, Problem } from './notices.tsx';
import { useMe } from './use-me.ts';

/** Ends the session here and at the server; without an answer it ends here all the same. */
async function logOut(): Promise<void> {
  const session = consoleSession.read();
  consoleSession.clear();
  if (session !== undefined) {
    const { refreshToken } = session.tokens;
    await consoleApi.send('POST', '/users/logout', { body: { refreshToken } }).catch(() => undefined);
  }
}

function Brand() {
  const { t } = useTranslation();
  return (
    <Link className="brand" to="/">
      <img src={icon} alt="" width="26" height="26" />
      <strong>{t('brand')}</strong>
    </Link>
  );
}

function Header({ onMenu }: { readonly onMenu: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const session = useSession(consoleSession);
  const leave = async () => {
    await logOut();
    queryClient.clear();
  };
  return (
    <Layout.Header className="header">
      <Button className="menu-button" onClick={onMenu}>
        {t('menu')}
      </Button>
      <span className="header-brand">
        <Brand />
      </span>
      <span className="header-end">
        <Button type="text" onClick={switchLanguage}>
          {t('otherLanguage')}
        </Button>
        <Dropdown
          trigger={['click']}
          menu={{ items: [{ key: 'out', label: t('logOut'), onClick: () => void leave() }] }}
        >
          <Button type="text">{session?.name}</Button>
        </Dropdown>
      </span>
    </Layout.Header>
  );
}

function Content() {
  const me = useMe();
  if (me.isPending) {
    return <Loading />;
  }
  const isLoggedOut = me.error instanceof ApiError && me.error.status === 401;
  if (me.isError && me.data === undefined && !isLoggedOut) {
    return (
      <Problem
        error={me.error}
        onRetry={() => {
          void me.refetch();
        }}
      />
    );
  }
  return <Outlet />;
}

/** Navigation at the side, on small screens behind a button; only for who is logged in. */
export function Frame() {
  const session = useSession(consoleSession);
  const { pathname, search } = useLocation();
  const [isMenuOpen, setIsMenuOpen] = useState(false);
  if (session === undefined) {
    const next = new URLSearchParams({ next: pathname + search }).toString();
    return <Navigate to={`/log-in?${next}`} replace />;
  }
  return (
    <Layout hasSider className="frame">
      <Layout.Sider className="sider" width={216}>
        <Brand />
        <Navigation />
      </Layout.Sider>
      <Drawer
        placement="left"
        size={264}
        open={isMenuOpen}
        onClose={() => setIsMenuOpen(false)}
        title={<Brand />}
        styles={{ body: { padding: 0 } }}
      >
        <Navigation onGo={() => setIsMenuOpen(false)} />
      </Drawer>
      <Layout>
        <Header onMenu={() => setIsMenuOpen(true)} />
        <Layout.Content className="content">
          <Content />
        </Layout.Content>
      </Layout>
    </Layout>
  );
}
