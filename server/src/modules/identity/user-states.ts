import { defineMachine, defineStates } from '../../kernel/states.ts';

export type UserStatus = 'active' | 'inactive' | 'suspended' | 'deleted';

/** Only active users may log in. `inactive` is dormant, `suspended` is a measure of staff, `deleted` has no personal data left. */
export const userMachine = defineMachine({
  entity: 'user',
  table: 'users',
  fields: {
    status: defineStates<UserStatus>({
      name: 'user.status',
      initial: ['active'],
      ends: ['deleted'],
      arrows: {
        active: ['inactive', 'suspended', 'deleted'],
        inactive: ['active', 'suspended', 'deleted'],
        suspended: ['active', 'inactive', 'deleted'],
        deleted: [],
      },
    }),
  },
});
