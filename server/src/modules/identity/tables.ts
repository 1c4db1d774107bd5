import type { UserStatus } from './user-states.ts';

export interface UserRow {
  id: string;
  kind: 'customer' | 'staff';
  /** As its owner writes it; NULL for those who came through a linked account. */
  username: string | null;
  /** The same in lower case, unique: nobody can be taken for somebody else by a capital letter. */
  username_key: string | null;
  /** In lower case, unique. */
  email: string | null;
  password_hash: string | null;
  status: UserStatus;
  email_verified: number;
  phone_verified: number;
  first_name: string | null;
  last_name: string | null;
  avatar: string | null;
  phone: string | null;
  /** `yyyy-mm-dd`. */
  date_of_birth: string | null;
  gender: 'male' | 'female' | 'other' | null;
  language: 'en' | 'zh';
  currency: string;
  timezone: string;
  notifies_by_email: number;
  notifies_by_sms: number;
  notifies_by_push: number;
  /** JSON: where the user came from. */
  metadata: string;
  /** Everything that staff searches by, in lower case. */
  search_text: string;
  address_count: number;
  default_address_id: string | null;
  last_login_at: number | null;
  created_at: number;
  version: number;
  updated_at: number;
}

export interface AddressRow {
  id: string;
  user_id: string;
  type: 'home' | 'work' | 'other';
  first_name: string;
  last_name: string | null;
  company: string | null;
  street1: string;
  street2: string | null;
  city: string;
  state: string | null;
  zip_code: string | null;
  /** ISO 3166-1, two capital letters. */
  country: string;
  phone: string | null;
  created_at: number;
  updated_at: number;
}

export interface RoleRow {
  name: string;
  is_staff: number;
  /** JSON list; `*` is everything. */
  permissions: string;
  description: string;
}

/** One login of one device: a family of refresh tokens, of which only the newest is valid. */
export interface SessionRow {
  id: string;
  user_id: string;
  method: LoginMethod;
  user_agent: string | null;
  ip: string | null;
  created_at: number;
  last_used_at: number;
  /** Of its newest refresh token. */
  expires_at: number;
  revoked_at: number | null;
  revoked_reason: RevocationReason | null;
}

/** By what a session began: a password of ours, or an account at another provider. */
export type LoginMethod = 'password' | 'linked';

export type RevocationReason = 'logout' | 'password_changed' | 'token_reused' | 'account_not_active';

export interface RefreshTokenRow {
  /** SHA-256 of the token. */
  id: string;
  session_id: string;
  issued_at: number;
  used_at: number | null;
  /** The token that took its place, sealed with this token itself: only who has this one can read it. */
  successor: string | null;
}

/** How often a login failed lately: for an account on a network, for an account anywhere, from a network on anything. */
export interface LoginFailuresRow {
  id: string;
  scope: 'account_on_network' | 'account' | 'network';
  account: string | null;
  network: string | null;
  failures: number;
  window_started_at: number;
  locked_until: number | null;
}

/** Who a user is at another provider. */
export interface LinkedAccountRow {
  id: string;
  user_id: string;
  provider: string;
  appid: string;
  openid: string;
  unionid: string | null;
  /** Sealed. */
  session_key: string | null;
  created_at: number;
  updated_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by identity. */
    users: UserRow;
    /** Owned by identity; at most 20 a user. */
    addresses: AddressRow;
    /** Owned by identity. */
    roles: RoleRow;
    /** Owned by identity. */
    user_roles: { user_id: string; role_name: string; granted_at: number };
    /** Owned by identity. */
    sessions: SessionRow;
    /** Owned by identity. */
    refresh_tokens: RefreshTokenRow;
    /** Owned by identity. */
    login_failures: LoginFailuresRow;
    /** Owned by identity; unique (provider, appid, openid). */
    linked_accounts: LinkedAccountRow;
    /** Owned by identity: which user a unionid stands for, so that all apps of one merchant lead to one user. */
    linked_unions: { provider: string; unionid: string; user_id: string; created_at: number };
  }
}
