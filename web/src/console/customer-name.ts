import { personName } from '../person-name.ts';
import type { Customer } from '../types/customers.ts';
import { shorten } from './values.tsx';

/** What a customer is called: by name where it is known, else by what they log in with. */
export function customerName({ id, username, email, profile }: Customer): string {
  return personName(profile) || (username ?? email ?? shorten(id));
}
