import { Link } from 'react-router';
import { shorten } from './values.tsx';

/** A customer, who has a page of their own. */
export function CustomerLink({ id }: { readonly id: string }) {
  return (
    <Link className="id" title={id} to={`/customers/${encodeURIComponent(id)}`}>
      {shorten(id)}
    </Link>
  );
}
