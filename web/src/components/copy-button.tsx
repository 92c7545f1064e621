import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';

const SAID_FOR_MS = 2500;

/** Copies a text and says whether that worked. */
export function CopyButton({ text, name = 'Copy' }: { text: string; name?: string }) {
  const [said, setSaid] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () => {
    // Without a secure context there is no clipboard; the text can still be selected by hand.
    const done = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    done.then(
      () => setSaid('copied'),
      () => setSaid('failed'),
    );
  };
  return (
    <Button variant="default" size="xs" onClick={copy} aria-live="polite">
      {said === 'copied' ? 'Copied' : said === 'failed' ? 'Select it and copy by hand' : name}
    </Button>
  );
}
