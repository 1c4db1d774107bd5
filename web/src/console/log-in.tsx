import { useMutation } from '@tanstack/react-query';
import { Button, Card, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { ApiError, consoleApi } from '../api.ts';
import icon from '../icon.svg';
import { switchLanguage } from '../language.ts';
import { consoleSession, type Tokens } from '../session.ts';
import type { Me } from '../types/operations.ts';
import { Problem } from './notices.tsx';

interface Credentials {
  readonly identifier: string;
  readonly password: string;
}

interface LoggedIn {
  readonly user: { readonly username: string | null; readonly email: string | null };
  readonly tokens: Tokens;
}

/** Logs in, and out again at once where the account may do nothing here. */
async function logIn(credentials: Credentials, refusal: string): Promise<void> {
  const { user, tokens } = await consoleApi.send<LoggedIn>('POST', '/users/login', { body: credentials });
  consoleSession.write({ tokens, name: user.username ?? user.email ?? '' });
  const { permissions } = await consoleApi.get<Me>('/users/me');
  if (permissions.length === 0) {
    consoleSession.clear();
    throw new ApiError(403, 'forbidden', { message: refusal });
  }
}

export function LogIn() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const enter = useMutation({
    mutationFn: (credentials: Credentials) => logIn(credentials, t('staffOnly')),
    onSuccess: () => {
      const next = parameters.get('next') ?? '/';
      void navigate(/^\/(?!\/)/.test(next) ? next : '/', { replace: true });
    },
  });
  const rules = [{ required: true, message: t('required') }];
  return (
    <main className="log-in">
      <Card className="log-in-card">
        <div className="brand">
          <img src={icon} alt="" width="32" height="32" />
          <strong>{t('brand')}</strong>
          <span className="faint">{t('console')}</span>
        </div>
        <Form layout="vertical" requiredMark={false} onFinish={enter.mutate}>
          <Form.Item name="identifier" label={t('identifier')} rules={rules}>
            <Input autoComplete="username" autoFocus size="large" maxLength={190} />
          </Form.Item>
          <Form.Item name="password" label={t('password')} rules={rules}>
            <Input.Password autoComplete="current-password" size="large" maxLength={128} />
          </Form.Item>
          {enter.isError && <Problem error={enter.error} />}
          <Button
            className="log-in-button"
            type="primary"
            htmlType="submit"
            size="large"
            block
            loading={enter.isPending}
          >
            {t('logIn')}
          </Button>
        </Form>
        <Button type="link" block onClick={switchLanguage}>
          {t('otherLanguage')}
        </Button>
      </Card>
    </main>
  );
}
