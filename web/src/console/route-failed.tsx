import { Button, Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

/** A page that broke, or whose chunk was replaced by a newer build. */
export function RouteFailed() {
  const { t } = useTranslation();
  return (
    <Result
      status="error"
      title={t('somethingBroke')}
      extra={
        <Button type="primary" onClick={() => location.reload()}>
          {t('retry')}
        </Button>
      }
    />
  );
}

export function RouteNotFound() {
  const { t } = useTranslation();
  return <Result status="404" title={t('pageNotFound')} extra={<Link to="/">{t('orders')}</Link>} />;
}
