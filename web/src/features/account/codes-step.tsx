import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { CopyButton } from '@/components/copy-button';
import styles from './account.module.css';
import { codesFile } from './recovery-codes';

/** Shows recovery codes once; it is done when they are said to be stored. */
export function CodesStep({
  codes,
  email,
  onStored,
}: {
  codes: readonly string[];
  email: string;
  onStored: () => void;
}) {
  const [stored, setStored] = useState(false);
  const file = codesFile(codes, email);
  const download = () => {
    const address = URL.createObjectURL(new Blob([file], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = 'candlewick-recovery-codes.txt';
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <section className={styles.stack} aria-label="Recovery codes">
      <div>
        <div className={styles.name}>Your recovery codes</div>
        <div className={styles.detail}>
          Each lets you in once when the phone is lost. They are shown now and never again: keep them where
          the phone is not.
        </div>
      </div>
      <ol className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className={styles.row}>
        <CopyButton text={codes.join('\n')} name="Copy all" />
        <Button variant="default" size="xs" onClick={download}>
          Download as text
        </Button>
      </div>
      <Checkbox
        checked={stored}
        onChange={(event) => setStored(event.currentTarget.checked)}
        label="I have stored them"
      />
      <div>
        <Button disabled={!stored} onClick={onStored}>
          Done
        </Button>
      </div>
    </section>
  );
}
