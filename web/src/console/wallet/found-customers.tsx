import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { Customer } from '../../types/customers.ts';
import { customerName } from '../customer-name.ts';
import { DataTable } from '../data-table.tsx';
import { Filters, SearchFilter } from '../filters.tsx';
import { useList } from '../use-list.ts';
import { Moment, Status } from '../values.tsx';

/** Customers by what people in a shop know of them; each leads to the wallet. */
export function FoundCustomers() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const list = useList<Customer>('/admin/customers', (filter) => ({ search: filter('search') }));
  return (
    <>
      <Filters>
        <SearchFilter list={list} name="search" label={t('customerSearch')} isWide />
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        emptyText={t('noCustomers')}
        columns={[
          {
            title: t('customer'),
            render: (_value, customer) => (
              <>
                <Link to={`/customers/${customer.id}`}>{customerName(customer)}</Link>
                <small className="faint below">{customer.email}</small>
              </>
            ),
          },
          { title: t('userName'), render: (_value, { username }) => username ?? '–' },
          { title: t('phone'), render: (_value, { profile }) => profile.phone ?? '–' },
          {
            title: t('status'),
            render: (_value, { status }) => <Status kind="userStatus" value={status} />,
          },
          { title: t('registered'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
        ]}
        onOpen={({ id }) => {
          void navigate(`/customers/${id}`);
        }}
      />
    </>
  );
}
