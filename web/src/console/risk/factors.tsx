import { Flex, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { Assessment } from '../../types/risk.ts';

/** The reasons of a score. */
export function Factors({ factors }: Pick<Assessment, 'factors'>) {
  const { t } = useTranslation();
  if (factors.length === 0) {
    return <span className="faint">{t('noFactors')}</span>;
  }
  return (
    <Flex gap={4} wrap className="factors">
      {factors.map(({ factor, points }) => (
        <Tag key={factor} color="volcano" variant="filled">
          {t('riskFactor', { name: wordFor('riskFactor', factor), points })}
        </Tag>
      ))}
    </Flex>
  );
}
