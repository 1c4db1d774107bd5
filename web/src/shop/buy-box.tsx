import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Product, Variant } from '../types/catalog.ts';

const MAX_QUANTITY = 99;
const FEW = 10;

interface Props {
  readonly product: Product;
  /** Undefined where the chosen combination is not offered. */
  readonly variant: Variant | undefined;
  readonly values: readonly string[];
  readonly onChoose: (values: readonly string[]) => void;
}

/** One row of buttons for each option; a value that leads to nothing in stock is shown struck through. */
function Options({ product, values, onChoose }: Omit<Props, 'variant'>) {
  const isToBeHad = (position: number, value: string) =>
    product.variants.some(
      (variant) =>
        variant.inStock &&
        variant.optionValues.every((own, index) => own === (index === position ? value : values[index])),
    );
  const isChoice = product.options.some((option) => option.values.length > 1);
  if (!isChoice) {
    return null;
  }
  return product.options.map((option, position) => (
    <fieldset key={option.name} className="option">
      <legend>{option.name}</legend>
      {option.values.map((value) => (
        <button
          key={value}
          type="button"
          className={`chip ${isToBeHad(position, value) ? '' : 'gone'}`}
          aria-pressed={values[position] === value}
          onClick={() => onChoose(values.with(position, value))}
        >
          {value}
        </button>
      ))}
    </fieldset>
  ));
}

function StockLine({ variant }: { readonly variant: Variant | undefined }) {
  const { t } = useTranslation();
  if (variant === undefined) {
    return <p className="stock wrong">{t('notOffered')}</p>;
  }
  if (!variant.inStock) {
    return <p className="stock wrong">{t('soldOut')}</p>;
  }
  const { availableQuantity: left } = variant;
  const isFew = left !== null && left <= FEW;
  return <p className="stock good">{isFew ? t('onlyLeft', { count: left }) : t('inStock')}</p>;
}

interface StepperProps {
  readonly quantity: number;
  readonly most: number;
  readonly onChange: (quantity: number) => void;
}

function Stepper({ quantity, most, onChange }: StepperProps) {
  const { t } = useTranslation();
  return (
    <div className="stepper">
      <button
        type="button"
        aria-label={t('less')}
        disabled={quantity <= 1}
        onClick={() => onChange(quantity - 1)}
      >
        −
      </button>
      <output aria-label={t('quantity')}>{quantity}</output>
      <button
        type="button"
        aria-label={t('more')}
        disabled={quantity >= most}
        onClick={() => onChange(quantity + 1)}
      >
        +
      </button>
    </div>
  );
}

/** Choice of variant and quantity, and the way to the checkout. */
export function BuyBox({ product, variant, values, onChoose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [wanted, setWanted] = useState(1);
  const most = Math.max(1, Math.min(MAX_QUANTITY, variant?.availableQuantity ?? MAX_QUANTITY));
  const quantity = Math.min(wanted, most);
  const buy = () => {
    const chosen = { product: product.slug, variant: variant?.id ?? '', quantity: String(quantity) };
    void navigate(`/checkout?${new URLSearchParams(chosen).toString()}`);
  };
  return (
    <>
      <Options product={product} values={values} onChoose={onChoose} />
      <StockLine variant={variant} />
      <div className="buy">
        <Stepper quantity={quantity} most={most} onChange={setWanted} />
        <button type="button" className="button wide" disabled={!variant?.inStock} onClick={buy}>
          {t('buyNow')}
        </button>
      </div>
    </>
  );
}
