import { type InputHTMLAttributes, useId } from 'react';

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly hint?: string;
  /** What the server said about this field. */
  readonly problem?: string | undefined;
}

/** A labelled input. */
export function Field({ label, hint, problem, className, ...input }: Props) {
  const id = useId();
  const note = problem ?? hint;
  return (
    <div className={`field ${className ?? ''}`}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        aria-invalid={problem !== undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        {...input}
      />
      {note !== undefined && (
        <p id={`${id}-note`} className={problem === undefined ? 'quiet' : 'wrong'}>
          {note}
        </p>
      )}
    </div>
  );
}
