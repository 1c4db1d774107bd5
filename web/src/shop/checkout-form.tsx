import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, shopApi } from '../api.ts';
import { textOf } from '../form-text.ts';
import { Problem } from '../light/notices.tsx';
import { OrderLines } from '../light/order-lines.tsx';
import { formatMoney } from '../money.ts';
import { personName } from '../person-name.ts';
import { createSubmission } from '../submission.ts';
import type { Product, Variant } from '../types/catalog.ts';
import type { Address, Order, SavedAddress } from '../types/orders.ts';
import { AddressFields, readAddress } from './address-fields.tsx';

interface Props {
  readonly product: Product;
  readonly variant: Variant;
  readonly quantity: number;
  readonly addresses: readonly SavedAddress[];
}

const OTHER = 'other';

interface AddressChoice {
  readonly addresses: readonly SavedAddress[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  readonly error: unknown;
}

/** One of the saved addresses, or another one typed in. */
function ShippingAddress({ addresses, chosen, onChoose, error }: AddressChoice) {
  const { t } = useTranslation();
  return (
    <fieldset className="card" aria-label={t('shippingAddress')}>
      <h2>{t('shippingAddress')}</h2>
      {addresses.map(({ id, street1, city, phone, ...rest }) => (
        <label key={id} className="radio">
          <input
            type="radio"
            name="address"
            value={id}
            checked={chosen === id}
            onChange={() => onChoose(id)}
          />
          <span>
            {personName(rest)}
            <small>{[street1, city, phone].filter(Boolean).join(', ')}</small>
          </span>
        </label>
      ))}
      {addresses.length > 0 && (
        <label className="radio">
          <input
            type="radio"
            name="address"
            value={OTHER}
            checked={chosen === OTHER}
            onChange={() => onChoose(OTHER)}
          />
          <span>{t('otherAddress')}</span>
        </label>
      )}
      {chosen === OTHER && <AddressFields error={error} />}
    </fieldset>
  );
}

/** A refusal that names lines, said about this one. */
function Refusal({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  const lines = error instanceof ApiError ? error.details.lines : undefined;
  const [short] = (Array.isArray(lines) ? lines : []) as { requested?: number; available?: number }[];
  const isShort = error instanceof ApiError && error.code === 'insufficient_stock' && short !== undefined;
  return (
    <>
      <Problem error={error} />
      {isShort && <p className="wrong">{t('stillThere', { ...short })}</p>}
    </>
  );
}

interface NewOrder {
  readonly items: readonly {
    readonly variantId: string;
    readonly quantity: number;
    readonly unitPrice: number;
  }[];
  readonly addressId?: string;
  readonly shippingAddress?: Address;
  readonly notes?: string;
}

function usePlaceOrder() {
  const [submission] = useState(createSubmission);
  const queryClient = useQueryClient();
  return useMutation({
    async mutationFn({ order, isKept }: { readonly order: NewOrder; readonly isKept: boolean }) {
      const idempotencyKey = submission.keyFor(order);
      const placed = await shopApi.send<Order>('POST', '/orders', { body: order, idempotencyKey });
      if (isKept && order.shippingAddress !== undefined) {
        // The order stands whether the address could be kept or not.
        const body = { ...order.shippingAddress, isDefault: true };
        await shopApi.send('POST', '/users/me/addresses', { body }).catch(() => undefined);
      }
      return placed;
    },
    onSuccess: ({ id }) => location.assign(`/cashier/${id}`),
    async onError(error) {
      submission.failed(error);
      // What there is and what it costs may have changed; the page shows it as it is now.
      await queryClient.invalidateQueries({ queryKey: ['product'] });
    },
  });
}

export function CheckoutForm({ product, variant, quantity, addresses }: Props) {
  const { t, i18n } = useTranslation();
  const [address, setAddress] = useState(
    () => (addresses.find(({ isDefault }) => isDefault) ?? addresses[0])?.id ?? OTHER,
  );
  const place = usePlaceOrder();
  const subtotal = variant.price * quantity;
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const notes = textOf(form, 'notes');
    const shipping = address === OTHER ? { shippingAddress: readAddress(form) } : { addressId: address };
    const order: NewOrder = {
      items: [{ variantId: variant.id, quantity, unitPrice: variant.price }],
      ...(variant.requiresShipping ? shipping : {}),
      ...(notes === '' ? {} : { notes }),
    };
    place.mutate({ order, isKept: form.get('keep') === 'on' });
  };
  const line = {
    variantId: variant.id,
    name: [product.name, variant.title].filter(Boolean).join(' · '),
    image: variant.image ?? product.image?.url ?? null,
    quantity,
    totalPrice: subtotal,
  };
  return (
    <form className="checkout" onSubmit={onSubmit}>
      <h1>{t('checkout')}</h1>
      <div>
        {variant.requiresShipping && (
          <ShippingAddress addresses={addresses} chosen={address} onChoose={setAddress} error={place.error} />
        )}
        <label className="field">
          <span>{t('note')}</span>
          <textarea name="notes" rows={2} maxLength={500} />
        </label>
      </div>
      <section className="card summary">
        <h2>{t('yourOrder')}</h2>
        <OrderLines lines={[line]} currency={variant.currency} />
        <p className="sum total">
          <span>{t('total')}</span>
          <strong>{formatMoney(subtotal, variant.currency, i18n.language)}</strong>
        </p>
        {place.isError && <Refusal error={place.error} />}
        <button className="button wide" type="submit" disabled={place.isPending || place.isSuccess}>
          {place.isPending || place.isSuccess ? t('placing') : t('placeOrder')}
        </button>
      </section>
    </form>
  );
}
