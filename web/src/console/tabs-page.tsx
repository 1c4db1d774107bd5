import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { PageHead } from './page-head.tsx';
import { useMay } from './use-me.ts';

export interface TabOf {
  readonly key: string;
  readonly label: string;
  /** Left out for those who do not hold it. */
  readonly permission?: string;
  readonly children: ReactNode;
}

interface Props {
  readonly title: string;
  readonly tabs: readonly TabOf[];
  /** What is shown first; the first of the tabs by default. */
  readonly initial?: string;
  readonly actions?: ReactNode;
}

/** A page of a few lists. The one that is shown stands in the address, and changing it begins without filters. */
export function TabsPage({ title, tabs, initial = tabs[0]?.key ?? '', actions }: Props) {
  const may = useMay();
  const [parameters, setParameters] = useSearchParams();
  const items = tabs
    .filter(({ permission }) => permission === undefined || may(permission))
    .map(({ key, label, children }) => ({ key, label, children }));
  return (
    <>
      <PageHead title={title} actions={actions} />
      <Tabs
        activeKey={parameters.get('tab') ?? initial}
        items={items}
        destroyOnHidden
        onChange={(tab) => setParameters(tab === initial ? {} : { tab })}
      />
    </>
  );
}
