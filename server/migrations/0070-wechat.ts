import { integer, key, table, text } from '../src/kernel/db/index.ts';

export const steps = [
  ...table(
    'wechat_access_tokens',
    {
      id: key(),
      sealed_token: text().nullable(),
      expires_at: integer(),
      fetched_at: integer(),
      lease_until: integer(),
    },
    { primaryKey: ['id'] },
  ),
];
