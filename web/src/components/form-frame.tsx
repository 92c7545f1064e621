import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemNote } from '@/components/problem-note';
import type { Form, Values } from '@/lib/form/use-form';
import styles from './form-frame.module.css';

/** A form's fields, what went wrong with the whole, and the button that sends it. */
export function FormFrame<V extends Values>({
  form,
  label,
  submit,
  busy = 'One moment…',
  full = false,
  actions,
  children,
}: {
  form: Form<V>;
  /** What a screen reader calls the form. */
  label: string;
  /** On the button. */
  submit: string;
  /** On the button while it is being sent. */
  busy?: string;
  /** Whether the button is as wide as the form. */
  full?: boolean;
  /** Beside the button. */
  actions?: ReactNode;
  children: ReactNode;
}) {
  const text = form.busy ? busy : form.wait > 0 ? `${submit}: wait ${form.wait} s` : submit;
  return (
    <form {...form.props} className={styles.form} aria-label={label}>
      {children}
      {form.problem && <ProblemNote>{form.problem.message}</ProblemNote>}
      <div className={styles.actions}>
        <Button type="submit" fullWidth={full} loading={form.busy} disabled={form.wait > 0}>
          {text}
        </Button>
        {actions}
      </div>
    </form>
  );
}
