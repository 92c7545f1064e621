import type { ReactNode } from 'react';
import { StateDot } from '@/components/state-dot';
import styles from './note.module.css';

/** A failure, said where it matters and announced. */
export function ProblemNote({ children }: { children: ReactNode }) {
  return (
    <div className={styles.note} data-tone="bad" role="alert">
      <StateDot tone="bad" />
      <div>{children}</div>
    </div>
  );
}

/** A success, or what one must know. */
export function GoodNote({ children }: { children: ReactNode }) {
  return (
    <div className={styles.note} data-tone="good" role="status">
      <StateDot tone="good" />
      <div>{children}</div>
    </div>
  );
}
