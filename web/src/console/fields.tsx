/** The fields that most dialogs have: an amount of money, and a text that may have to be given. */
import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { parseMoney } from '../money.ts';

interface AmountProps {
  readonly name: string;
  readonly label: string;
  readonly currency: string;
  /** In minor units; more than this is refused. */
  readonly most?: number;
  /** The smallest amount; one minor unit by default. */
  readonly least?: number;
  readonly extra?: string;
  readonly autoFocus?: boolean;
}

/** An amount as people write it; {@link parseMoney} makes minor units of it. */
export function AmountField({
  name,
  label,
  currency,
  most,
  least = 1,
  extra,
  autoFocus = true,
}: AmountProps) {
  const { t } = useTranslation();
  const check = (_rule: unknown, text: string | undefined) => {
    const amount = parseMoney(text ?? '', currency) ?? -1;
    if (amount < least) {
      return Promise.reject(new Error(t('notAnAmount')));
    }
    return most !== undefined && amount > most ? Promise.reject(new Error(t('tooMuch'))) : Promise.resolve();
  };
  return (
    <Form.Item
      name={name}
      label={label}
      required={least > 0}
      rules={[{ validator: check }]}
      {...(extra !== undefined && { extra })}
    >
      <Input inputMode="decimal" autoFocus={autoFocus} autoComplete="off" />
    </Form.Item>
  );
}

interface TextProps {
  readonly name: string | string[];
  readonly label: string;
  readonly isRequired?: boolean;
  readonly maxLength: number;
  /** More than one makes it an area. */
  readonly rows?: number;
  readonly extra?: string;
  readonly autoFocus?: boolean;
  readonly inputMode?: 'numeric';
}

/** A text; blanks are none where it is required. */
export function TextField({
  name,
  label,
  isRequired = true,
  maxLength,
  rows = 1,
  extra,
  autoFocus = false,
  inputMode,
}: TextProps) {
  const { t } = useTranslation();
  const own = { maxLength, autoFocus, autoComplete: 'off' };
  const rules = isRequired ? [{ required: true, whitespace: true, message: t('required') }] : [];
  return (
    <Form.Item name={name} label={label} rules={rules} {...(extra !== undefined && { extra })}>
      {rows > 1 ? (
        <Input.TextArea rows={rows} {...own} />
      ) : (
        <Input {...own} {...(inputMode !== undefined && { inputMode })} />
      )}
    </Form.Item>
  );
}

/** What was typed, without blanks around it; `undefined` where that is nothing. */
export function given(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
}
