import type { ReactNode } from 'react';
import styles from './message-panel.module.css';

/** An empty or failed place: what is the matter, what to do, and the buttons to do it. */
export function MessagePanel({
  title,
  children,
  actions,
  role = 'status',
}: {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
  role?: 'status' | 'alert';
}) {
  return (
    <div className={styles.panel} role={role}>
      <p className={styles.title}>{title}</p>
      <p className={styles.text}>{children}</p>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
