import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from '@/components/link';
import { hasMoved } from '@/lib/location';
import styles from './page-frame.module.css';

export interface PageLink {
  readonly href: string;
  readonly name: string;
  readonly current: boolean;
}

/** A page of text, tables and forms: its heading, the pages beside it, and room that scrolls. */
export function PageFrame({
  title,
  links,
  wide = false,
  children,
}: {
  title: string;
  /** The pages of the same kind, this one among them; of a page without any, none. */
  links: readonly PageLink[];
  /** `most`: as wide as two columns of work are read well. */
  wide?: boolean | 'most';
  children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = links.find((one) => one.current)?.name ?? title;
  useEffect(() => {
    document.title = shown === title ? `${title} · Candlewick` : `${shown} · ${title} · Candlewick`;
    // Whoever came by a link hears where they are; whoever opened the page hears its title anyhow.
    if (hasMoved()) heading.current?.focus({ preventScroll: true });
  }, [title, shown]);
  return (
    <main className={styles.scroll}>
      <div className={styles.page} data-wide={wide === true ? 'yes' : wide || undefined}>
        <h1 className={styles.title} ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {links.length > 0 ? (
          <nav className={styles.links} aria-label={title}>
            {links.map(({ href, name, current }) => (
              <Link
                key={href}
                href={href}
                className={styles.link}
                aria-current={current ? 'page' : undefined}
              >
                {name}
              </Link>
            ))}
          </nav>
        ) : (
          <div className={styles.alone} />
        )}
        {children}
      </div>
    </main>
  );
}

/** One thing that a page is about. */
export function Section({
  title,
  about,
  actions,
  children,
}: {
  title: string;
  /** What it is for, in a sentence. */
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.head}>
        <h2 className={styles.heading}>{title}</h2>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {about && <p className={styles.about}>{about}</p>}
      {children}
    </section>
  );
}
