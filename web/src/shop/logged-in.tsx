import { Navigate, Outlet, useLocation } from 'react-router';
import { shopSession } from '../session.ts';
import { useSession } from '../use-session.ts';

/** Pages of somebody: who is not logged in does so first, and comes back. */
export function LoggedIn() {
  const session = useSession(shopSession);
  const { pathname, search } = useLocation();
  if (session === undefined) {
    const next = `/shop${pathname}${search}`;
    return <Navigate to={`/log-in?${new URLSearchParams({ next }).toString()}`} replace />;
  }
  return <Outlet />;
}
