/**
 * Logins by headers that WeChat Cloud Hosting puts into every request of its mini programs.
 *
 * Invariant: they are believed only where the deployment says that nobody else can reach it (`WECHAT_CLOUD_HOSTING`) and the
 * request carries the mark of the platform's gateway; anywhere else anybody can write them. The caller's own openid goes
 * before that of a sharing app, which is believed only for apps that were configured beside the environment's own: the
 * gateway writes the first one always, and the second one only where an environment is shared.
 */
import type { Config } from '../../kernel/config/index.ts';
import type { Authenticate, RequestHeaders } from '../../kernel/http/index.ts';
import { localeOf } from '../../kernel/http/index.ts';
import type { Identity, LinkedLogin } from '../identity/index.ts';
import { WECHAT } from './deps.ts';

const MARK = 'x-wx-source';
const ID = /^[\w-]{1,128}$/;

type HostedConfig = Pick<Config['wechat'], 'hostedLogin' | 'knownApps'>;

/** One value of the form that ids have; a header that was sent twice comes as a list and is nobody's. */
function idIn(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && ID.test(value) ? value : undefined;
}

interface Named {
  readonly appid: string | undefined;
  readonly openid: string | undefined;
  readonly unionid: string | undefined;
}

const namedBy = (headers: RequestHeaders, prefix: string): Named => ({
  appid: idIn(headers, `${prefix}-appid`),
  openid: idIn(headers, `${prefix}-openid`),
  unionid: idIn(headers, `${prefix}-unionid`),
});

/** Whom the headers name and may name; `null` where they name nobody. */
export function readHostedLogin(headers: RequestHeaders, config: HostedConfig): LinkedLogin | null {
  const { hostedLogin, knownApps } = config;
  const toLogin = ({ appid, openid, unionid }: Named, apps: HostedConfig['knownApps']): LinkedLogin | null =>
    openid !== undefined && appid !== undefined && apps.some((app) => app.appid === appid)
      ? {
          ...{ provider: WECHAT, appid, openid, unionid },
          preferences: { language: localeOf(textIn(headers, 'accept-language')) },
        }
      : null;
  if (hostedLogin.isMocked) {
    const openid = idIn(headers, 'x-mock-openid');
    const app = knownApps.find(({ kind }) => kind === 'mini_program') ?? knownApps[0];
    return toLogin({ appid: app?.appid, openid, unionid: undefined }, knownApps);
  }
  if (!hostedLogin.isHosted || !textIn(headers, MARK)) {
    return null;
  }
  const own = namedBy(headers, 'x-wx');
  return own.openid === undefined
    ? toLogin(namedBy(headers, 'x-wx-from'), knownApps.slice(1))
    : toLogin(own, knownApps);
}

function textIn(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Who calls: by an access token where there is one, else by what Cloud Hosting says. */
export function createHostedAuthenticate(
  identity: Pick<Identity, 'authenticate' | 'authenticateLinked'>,
  config: HostedConfig,
): Authenticate {
  return async (headers) => {
    if (headers.authorization !== undefined) {
      return identity.authenticate(headers);
    }
    const login = readHostedLogin(headers, config);
    return login === null ? null : identity.authenticateLinked(login);
  };
}
