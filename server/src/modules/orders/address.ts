import { z } from 'zod';
import { countryInput, inputMessage } from '../../kernel/http/index.ts';

const line = z.string().trim().min(1).max(200);
const optional = (maximum: number) => z.string().trim().min(1).max(maximum).nullable().default(null);

/** An address as it is sent. State and postal code are optional, because Hong Kong and others have none. */
export const addressInput = z.strictObject({
  firstName: line.max(100),
  lastName: optional(100),
  company: optional(200),
  street1: line,
  street2: optional(200),
  city: line.max(100),
  state: optional(100),
  zipCode: optional(20),
  country: countryInput,
  phone: z
    .string()
    .trim()
    .regex(
      /^\+?[\d\s()-]{5,30}$/,
      inputMessage(
        'A phone number has digits, spaces, brackets and dashes only, 5 to 30 of them.',
        '电话号码只能包含数字、空格、括号和短横线，长度 5 至 30。',
      ),
    )
    .nullable()
    .default(null),
});

/** The same as it is answered. */
export const addressView = z.object({
  firstName: z.string(),
  lastName: z.string().nullable(),
  company: z.string().nullable(),
  street1: z.string(),
  street2: z.string().nullable(),
  city: z.string(),
  state: z.string().nullable(),
  zipCode: z.string().nullable(),
  country: z.string(),
  phone: z.string().nullable(),
});

/** Where an order goes, as it was when the order was placed. */
export type OrderAddress = z.infer<typeof addressView>;

/** Leaves the fields of an address only, in a fixed order, so that equal addresses are equal texts. */
export function toOrderAddress(address: OrderAddress): OrderAddress {
  const { firstName, lastName, company, street1, street2, city, state, zipCode, country, phone } = address;
  return { firstName, lastName, company, street1, street2, city, state, zipCode, country, phone };
}
