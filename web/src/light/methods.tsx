import { useTranslation } from 'react-i18next';
import { wordFor } from '../language.ts';

interface MethodsProps {
  readonly methods: readonly string[];
  readonly chosen: string;
  readonly onChoose: (method: string) => void;
}

/** Ways that the payer should know something about before choosing them. */
const EXPLAINED = ['bank_transfer', 'cash_on_delivery'];

/** A choice of ways to pay. */
export function Methods({ methods, chosen, onChoose }: MethodsProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="methods">
      <legend>{t('chooseMethod')}</legend>
      {methods.map((method) => (
        <label key={method} className={`radio method ${method === chosen ? 'chosen' : ''}`}>
          <input
            type="radio"
            name="method"
            value={method}
            checked={method === chosen}
            onChange={() => onChoose(method)}
          />
          <span>
            {wordFor('method', method)}
            {EXPLAINED.includes(method) && <small>{t(`about.${method}`)}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
