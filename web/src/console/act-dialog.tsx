import { Form, type FormInstance, Modal } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from './notices.tsx';
import { type Act, type ActOptions, useAct } from './use-act.ts';

interface Props<Fields extends object, Answer> extends ActOptions<Answer> {
  readonly title: string;
  /** What the button says; the title by default. */
  readonly verb?: string;
  readonly isDanger?: boolean;
  readonly width?: number;
  readonly initialValues?: Partial<Fields>;
  /** What is sent; `undefined` where nothing was changed and the dialog only closes. */
  readonly toAct: (fields: Fields) => Act | undefined;
  readonly onClose: () => void;
  /** Where the refusal is something to answer in the dialog. */
  readonly onRefused?: (error: unknown, form: FormInstance<Fields>) => void;
  /** The fields; their names are those of `Fields`. */
  readonly children?: ReactNode;
}

/** Asks for what one change needs, sends it, and stays open with the server's words where it is refused. */
export function ActDialog<Fields extends object = Record<string, never>, Answer = unknown>({
  title,
  verb = title,
  isDanger = false,
  width = 520,
  initialValues,
  toAct,
  onClose,
  onDone,
  doneText,
  onRefused,
  children,
}: Props<Fields, Answer>) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const act = useAct<Answer>({
    doneText,
    onDone(answer) {
      onClose();
      onDone?.(answer);
    },
  });
  const save = (fields: Fields) => {
    const wish = toAct(fields);
    if (wish === undefined) {
      onClose();
    } else {
      act.mutate(wish, { onError: (error) => onRefused?.(error, form) });
    }
  };
  return (
    <Modal
      open
      width={width}
      title={title}
      okText={verb}
      okButtonProps={{ danger: isDanger }}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        className="dialog-form"
        onFinish={save}
        {...(initialValues !== undefined && { initialValues })}
      >
        {children}
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}
