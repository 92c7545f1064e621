import { type ReactNode, useEffect } from 'react';
import { Logo } from '@/components/icons';
import styles from './door-page.module.css';

/** A page for somebody who is not in yet: the mark, a heading, and one thing to do. */
export function DoorPage({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Candlewick`;
  }, [title]);
  return (
    <div className={styles.scroll}>
      <main className={styles.page}>
        <div className={styles.brand}>
          <Logo size={28} />
          <span className={styles.name}>Candlewick</span>
        </div>
        <div className={styles.card}>
          <h1 className={styles.title}>{title}</h1>
          {children}
        </div>
      </main>
    </div>
  );
}

export function DoorText({ children }: { children: ReactNode }) {
  return <p className={styles.text}>{children}</p>;
}
