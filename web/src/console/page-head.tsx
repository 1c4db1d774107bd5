import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface Props {
  readonly title: ReactNode;
  /** The list that the page belongs to. */
  readonly back?: { readonly to: string; readonly name: string };
  readonly tags?: ReactNode;
  readonly actions?: ReactNode;
}

export function PageHead({ title, back, tags, actions }: Props) {
  return (
    <div className="page-head">
      <div>
        {back !== undefined && (
          <Link className="back" to={back.to}>
            ← {back.name}
          </Link>
        )}
        <div className="page-title">
          <h1>{title}</h1>
          {tags}
        </div>
      </div>
      {actions !== undefined && <div className="page-actions">{actions}</div>}
    </div>
  );
}
