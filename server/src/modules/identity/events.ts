import { defineEvent } from '../../kernel/events/index.ts';

/** A customer has an account now, by registration or through a linked account. The subject is the user's id. */
export const userRegistered = defineEvent<{ readonly via: 'password' | 'linked_account' }>({
  name: 'user.registered',
  version: 1,
});
