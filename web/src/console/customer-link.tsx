import { Link } from 'react-router';
import { customerName } from './customer-name.ts';
import { useCustomer } from './use-customer.ts';
import { shorten } from './values.tsx';

/** A customer, who has a page of their own: by name where the reader may know it. */
export function CustomerLink({ id }: { readonly id: string }) {
  const customer = useCustomer(id);
  const short = shorten(id);
  const name = customer === undefined ? short : customerName(customer);
  return (
    <Link title={id} to={`/customers/${encodeURIComponent(id)}`} {...(name === short && { className: 'id' })}>
      {name}
    </Link>
  );
}
