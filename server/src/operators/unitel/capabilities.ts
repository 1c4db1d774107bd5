import type { OperatorCapabilities } from '../operator.ts';

/**
 * Unitel of Mongolia. Its interface promises neither that a reference is carried out once nor that one can be asked for,
 * and nobody has said what a 401 to a delivery means.
 */
export const unitelCapabilities: OperatorCapabilities = {
  operator: 'unitel',
  name: { en: 'Unitel', zh: 'Unitel（蒙古）' },
  country: 'MN',
  currency: 'MNT',
  types: ['recharge', 'data', 'bill'],
  numbers: { callingCode: '976', digits: 8, prefixes: ['80', '86', '88', '89'] },
  isQueryable: false,
  isIdempotent: false,
  hasBalance: false,
  isUnauthorisedUnprocessed: false,
};
