import { useId } from 'react';
import { CopyButton } from '@/components/copy-button';
import styles from './secret.module.css';

/** A text that is shown once, to be taken along. */
export function Secret({ label, text, about }: { label: string; text: string; about: string }) {
  const id = useId();
  return (
    <div className={styles.secret}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <p className={styles.about}>{about}</p>
      <div className={styles.line}>
        <input
          id={id}
          className={styles.text}
          readOnly
          spellCheck={false}
          value={text}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton text={text} />
      </div>
    </div>
  );
}
