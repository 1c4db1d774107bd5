import { QueryClientProvider } from '@tanstack/react-query';
import { App, ConfigProvider, type ThemeConfig } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useTranslation } from 'react-i18next';
import { RouterProvider } from 'react-router/dom';
import { createQueryClient } from '../query-client.ts';
import { router } from './routes.tsx';

const queryClient = createQueryClient();

/** One accent, quiet surfaces; everything else is the library's own. */
const THEME: ThemeConfig = {
  token: {
    colorPrimary: '#0f766e',
    colorInfo: '#0f766e',
    colorInfoBg: '#eef7f5',
    colorInfoBorder: '#bfdfd8',
    colorLink: '#0f766e',
    colorTextBase: '#1c2523',
    colorBgLayout: '#f6f8f7',
    borderRadius: 8,
    fontFamily:
      '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  },
  components: {
    Layout: { siderBg: '#ffffff', headerBg: '#ffffff', headerHeight: 56, headerPadding: '0 20px' },
    Menu: {
      itemSelectedBg: '#e6f4f1',
      activeBarBorderWidth: 0,
      itemMarginInline: 8,
      itemHeight: 32,
      itemMarginBlock: 2,
      groupTitleFontSize: 12,
    },
    Table: { headerBg: '#fafbfb', cellPaddingBlockMD: 10 },
  },
};

export function Console() {
  const { i18n } = useTranslation();
  return (
    <ConfigProvider theme={THEME} locale={i18n.language === 'en' ? enUS : zhCN}>
      <App>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  );
}
