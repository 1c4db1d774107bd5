import { useTranslation } from 'react-i18next';
import { ApiError } from '../api.ts';
import { textOf } from '../form-text.ts';
import { Field } from '../light/field.tsx';
import type { Address } from '../types/orders.ts';

const FIELDS = [
  { name: 'lastName', autoComplete: 'family-name', isRequired: false, maxLength: 100, isHalf: true },
  { name: 'firstName', autoComplete: 'given-name', isRequired: true, maxLength: 100, isHalf: true },
  { name: 'phone', autoComplete: 'tel', isRequired: true, maxLength: 32, isHalf: false },
  { name: 'street1', autoComplete: 'address-line1', isRequired: true, maxLength: 200, isHalf: false },
  { name: 'street2', autoComplete: 'address-line2', isRequired: false, maxLength: 200, isHalf: false },
  { name: 'city', autoComplete: 'address-level2', isRequired: true, maxLength: 100, isHalf: true },
  { name: 'state', autoComplete: 'address-level1', isRequired: false, maxLength: 100, isHalf: true },
  { name: 'zipCode', autoComplete: 'postal-code', isRequired: false, maxLength: 20, isHalf: true },
] as const;

/** The address in a form; what was left empty is null. */
export function readAddress(form: FormData): Address {
  const orNull = (name: string) => textOf(form, name) || null;
  return {
    firstName: textOf(form, 'firstName'),
    lastName: orNull('lastName'),
    company: null,
    street1: textOf(form, 'street1'),
    street2: orNull('street2'),
    city: textOf(form, 'city'),
    state: orNull('state'),
    zipCode: orNull('zipCode'),
    country: textOf(form, 'country').toUpperCase(),
    phone: orNull('phone'),
  };
}

/** The fields of an address, each with what the server said about it. */
export function AddressFields({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  const problems = error instanceof ApiError ? error.fields : [];
  const problemOf = (name: string) =>
    problems.find(({ field }) => field === `shippingAddress.${name}`)?.message;
  return (
    <div className="fields">
      {FIELDS.map(({ name, autoComplete, isRequired, maxLength, isHalf }) => (
        <Field
          key={name}
          className={isHalf ? 'half' : ''}
          label={t(name)}
          name={name}
          autoComplete={autoComplete}
          required={isRequired}
          maxLength={maxLength}
          problem={problemOf(name)}
        />
      ))}
      <Field
        className="half"
        label={t('country')}
        name="country"
        autoComplete="country"
        defaultValue="CN"
        required
        pattern="[A-Za-z]{2}"
        maxLength={2}
        problem={problemOf('country')}
      />
      <label className="radio">
        <input type="checkbox" name="keep" defaultChecked />
        <span>{t('saveAddress')}</span>
      </label>
    </div>
  );
}
