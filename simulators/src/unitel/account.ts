import { randomText } from '../random.ts';
import { openSecretFile } from '../secret-file.ts';

/** What the operator gives to a shop that sells for it. */
export interface Account {
  username: string;
  password: string;
}

/** Reads `unitel-account.json`, or makes the account on first start. */
export function loadAccount(dataDir: string | undefined): Account {
  const file = openSecretFile<Account>(dataDir, 'unitel-account.json');
  const stored = file.read();
  if (stored !== undefined) {
    return stored;
  }
  const account = { username: `shop-${randomText(6)}`, password: randomText(24) };
  file.write(account);
  return account;
}
