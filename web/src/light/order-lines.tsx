import { useTranslation } from 'react-i18next';
import { formatMoney } from '../money.ts';
import type { OrderLine } from '../types/orders.ts';
import { Picture } from './picture.tsx';

type ShownLine = Pick<OrderLine, 'variantId' | 'name' | 'image' | 'quantity' | 'totalPrice'>;

/** What was ordered, one line each. */
export function OrderLines({
  lines,
  currency,
}: {
  readonly lines: readonly ShownLine[];
  readonly currency: string;
}) {
  const { i18n } = useTranslation();
  return (
    <ul className="lines">
      {lines.map((line) => (
        <li key={line.variantId}>
          <Picture url={line.image} alt="" name={line.name} className="thumb" />
          <span className="line-name">{line.name}</span>
          <span className="line-quantity">× {line.quantity}</span>
          <strong>{formatMoney(line.totalPrice, currency, i18n.language)}</strong>
        </li>
      ))}
    </ul>
  );
}
