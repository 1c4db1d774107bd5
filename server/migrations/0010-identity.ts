import { flag, integer, key, type MigrationStep, table, text } from '../src/kernel/db/index.ts';

const users = table(
  'users',
  {
    id: key(),
    kind: key(16),
    username: key(30).nullable(),
    username_key: key(30).nullable(),
    email: key(190).nullable(),
    password_hash: text().nullable(),
    status: key(16),
    email_verified: flag(),
    phone_verified: flag(),
    first_name: text().nullable(),
    last_name: text().nullable(),
    avatar: text().nullable(),
    phone: key(32).nullable(),
    date_of_birth: key(10).nullable(),
    gender: key(16).nullable(),
    language: key(8),
    currency: key(3),
    timezone: key(64),
    notifies_by_email: flag(),
    notifies_by_sms: flag(),
    notifies_by_push: flag(),
    metadata: text(),
    search_text: text(),
    address_count: integer().default(0),
    default_address_id: key().nullable(),
    last_login_at: integer().nullable(),
    created_at: integer(),
    version: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { users_username_key_unique: ['username_key'], users_email_unique: ['email'] },
    indexes: { users_kind_created: ['kind', 'created_at'], users_phone: ['phone'] },
    checks: {
      users_kind_known: "kind IN ('customer', 'staff')",
      users_status_known: "status IN ('active', 'inactive', 'suspended', 'deleted')",
      users_address_count_limited: 'address_count BETWEEN 0 AND 20',
    },
  },
);

const addresses = table(
  'addresses',
  {
    id: key(),
    user_id: key(),
    type: key(16),
    first_name: text(),
    last_name: text().nullable(),
    company: text().nullable(),
    street1: text(),
    street2: text().nullable(),
    city: text(),
    state: text().nullable(),
    zip_code: text().nullable(),
    country: key(2),
    phone: key(32).nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  { primaryKey: ['id'], indexes: { addresses_user: ['user_id', 'created_at'] } },
);

const roles = [
  ...table(
    'roles',
    { name: key(32), is_staff: flag(), permissions: text(), description: text() },
    { primaryKey: ['name'] },
  ),
  ...table(
    'user_roles',
    { user_id: key(), role_name: key(32), granted_at: integer() },
    { primaryKey: ['user_id', 'role_name'], indexes: { user_roles_role: ['role_name'] } },
  ),
];

/** A role that every installation has. Harmless when it is run again. */
function builtInRole(name: string, isStaff: 0 | 1, permissions: string, description: string): MigrationStep {
  return {
    name: `role ${name}`,
    sql: () =>
      `INSERT INTO roles (name, is_staff, permissions, description)
       SELECT one.name, ${isStaff}, '${permissions}', '${description}' FROM (SELECT '${name}' AS name) AS one
       WHERE NOT EXISTS (SELECT 1 FROM roles AS existing WHERE existing.name = '${name}')`,
  };
}

const sessions = [
  ...table(
    'sessions',
    {
      id: key(),
      user_id: key(),
      user_agent: text().nullable(),
      ip: key(64).nullable(),
      created_at: integer(),
      last_used_at: integer(),
      expires_at: integer(),
      revoked_at: integer().nullable(),
      revoked_reason: key(32).nullable(),
    },
    {
      primaryKey: ['id'],
      indexes: { sessions_user: ['user_id', 'revoked_at'], sessions_expiry: ['expires_at'] },
    },
  ),
  ...table(
    'refresh_tokens',
    {
      id: key(64),
      session_id: key(),
      issued_at: integer(),
      used_at: integer().nullable(),
      successor: text().nullable(),
    },
    {
      primaryKey: ['id'],
      indexes: { refresh_tokens_session: ['session_id'], refresh_tokens_used: ['used_at'] },
    },
  ),
  ...table(
    'login_failures',
    {
      id: key(64),
      scope: key(32),
      account: key(80).nullable(),
      network: key(64).nullable(),
      failures: integer(),
      window_started_at: integer(),
      locked_until: integer().nullable(),
    },
    {
      primaryKey: ['id'],
      indexes: { login_failures_account: ['account'], login_failures_window: ['window_started_at'] },
    },
  ),
];

const linkedAccounts = [
  ...table(
    'linked_accounts',
    {
      id: key(),
      user_id: key(),
      provider: key(16),
      appid: key(64),
      openid: key(100),
      unionid: key(100).nullable(),
      session_key: text().nullable(),
      created_at: integer(),
      updated_at: integer(),
    },
    {
      primaryKey: ['id'],
      unique: { linked_accounts_openid_unique: ['provider', 'appid', 'openid'] },
      indexes: { linked_accounts_user: ['user_id'] },
    },
  ),
  ...table(
    'linked_unions',
    { provider: key(16), unionid: key(100), user_id: key(), created_at: integer() },
    { primaryKey: ['provider', 'unionid'], indexes: { linked_unions_user: ['user_id'] } },
  ),
];

export const steps = [
  ...users,
  ...addresses,
  ...roles,
  builtInRole('customer', 0, '[]', 'Buys'),
  builtInRole('administrator', 1, '["*"]', 'May do everything'),
  ...sessions,
  ...linkedAccounts,
];
