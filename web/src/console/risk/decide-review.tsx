import { Button, Flex } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActDialog } from '../act-dialog.tsx';
import { given, TextField } from '../fields.tsx';
import { useMay } from '../use-me.ts';

type Choice = 'approve' | 'reject';

interface Fields {
  readonly text?: string;
}

interface DialogProps {
  readonly assessmentId: string;
  readonly choice: Choice;
  readonly onClose: () => void;
}

/** A rejection has a reason; an approval may have a note. */
function toBody(choice: Choice, { text }: Fields): object {
  const said = given(text);
  if (choice === 'reject') {
    return { reason: said };
  }
  return said === undefined ? {} : { note: said };
}

function DecideDialog({ assessmentId, choice, onClose }: DialogProps) {
  const { t } = useTranslation();
  const isRejecting = choice === 'reject';
  return (
    <ActDialog<Fields>
      title={t(`review.${choice}Title`)}
      verb={t(`review.${choice}`)}
      isDanger={isRejecting}
      toAct={(fields) => ({
        method: 'POST',
        path: `/admin/risk/reviews/${assessmentId}/${choice}`,
        body: toBody(choice, fields),
      })}
      onClose={onClose}
    >
      <p className="faint">{t(`review.${choice}Hint`)}</p>
      <TextField
        name="text"
        label={t(isRejecting ? 'reason' : 'noteOptional')}
        isRequired={isRejecting}
        maxLength={500}
        rows={2}
        autoFocus
      />
    </ActDialog>
  );
}

/** Both choices on a payment that waits for a person. */
export function DecideReview({ assessmentId }: { readonly assessmentId: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const [choice, setChoice] = useState<Choice>();
  if (!may('risk.write')) {
    return null;
  }
  return (
    <Flex gap="small" justify="end">
      <Button size="small" type="primary" onClick={() => setChoice('approve')}>
        {t('review.approve')}
      </Button>
      <Button size="small" danger onClick={() => setChoice('reject')}>
        {t('review.reject')}
      </Button>
      {choice !== undefined && (
        <DecideDialog assessmentId={assessmentId} choice={choice} onClose={() => setChoice(undefined)} />
      )}
    </Flex>
  );
}
