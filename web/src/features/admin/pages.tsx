import { Button } from '@mantine/core';
import { useState } from 'react';
import styles from './admin.module.css';

/** Where one is in a list that comes in pages: the cursors of the pages before, and of this one. */
export function usePages() {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  return {
    number: cursors.length + 1,
    after: cursors.at(-1),
    forward: (next: string) => setCursors([...cursors, next]),
    back: () => setCursors(cursors.slice(0, -1)),
    /** A filter has changed: other pages, from the first. */
    first: () => setCursors([]),
  };
}

export function PageButtons({
  pages,
  next,
  about,
}: {
  pages: ReturnType<typeof usePages>;
  next: string | null;
  /** What is on the pages. */
  about: string;
}) {
  if (pages.number === 1 && next === null)
    return about === '' ? null : <p className={styles.pages}>{about}</p>;
  return (
    <div className={styles.pages}>
      <span>
        Page {pages.number}
        {about === '' ? '' : ` · ${about}`}
      </span>
      <Button variant="default" size="xs" disabled={pages.number === 1} onClick={pages.back}>
        Back
      </Button>
      <Button
        variant="default"
        size="xs"
        disabled={next === null}
        onClick={() => next !== null && pages.forward(next)}
      >
        Next
      </Button>
    </div>
  );
}
