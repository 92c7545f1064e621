import { Button } from '@mantine/core';
import { useState } from 'react';
import { Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { When } from '@/components/when';
import type { Strategy } from '@/lib/lab/strategy-schemas';
import { useStrategy } from '@/lib/lab/use-lab';
import { useServerNow } from '@/lib/use-now';
import styles from './strategies.module.css';

const SHOWN = 10;

/** The versions of an own strategy: looked at, and brought back. */
export function Versions({
  strategy,
  onRestore,
}: {
  strategy: Strategy;
  onRestore: (document: string) => void;
}) {
  const now = useServerNow(false);
  const [open, setOpen] = useState<number | null>(null);
  const [all, setAll] = useState(false);
  const shown = all ? strategy.versions : strategy.versions.slice(0, SHOWN);
  return (
    <Section title="Versions" about="Each save is kept. What is brought back is a text to be saved anew.">
      <ul className={styles.versions}>
        {shown.map(({ version, created_at }) => (
          <li key={version}>
            <b>Version {version}</b>
            {version === strategy.version && <span className={styles.dim}> the newest</span>}
            {created_at !== null && (
              <span className={styles.dim}>
                {' '}
                <When time={created_at} now={now} />
              </span>
            )}
            <Button
              size="compact-xs"
              variant="default"
              aria-expanded={open === version}
              aria-label={`${open === version ? 'Hide' : 'Look at'} version ${version}`}
              onClick={() => setOpen(open === version ? null : version)}
            >
              {open === version ? 'Hide' : 'Look at it'}
            </Button>
            {open === version && <Version name={strategy.name} version={version} onRestore={onRestore} />}
          </li>
        ))}
      </ul>
      {strategy.versions.length > shown.length && (
        <Button size="compact-xs" variant="default" onClick={() => setAll(true)}>
          All {strategy.versions.length}
        </Button>
      )}
    </Section>
  );
}

function Version({
  name,
  version,
  onRestore,
}: {
  name: string;
  version: number;
  onRestore: (document: string) => void;
}) {
  const { data, error } = useStrategy(name, version);
  if (error) return <ProblemNote>{error.message}</ProblemNote>;
  if (!data) return <p className={styles.fine}>Loading…</p>;
  return (
    <div className={styles.version}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section tabIndex={0} aria-label={`Version ${version}`}>
        <pre>{data.document}</pre>
      </section>
      <Button size="xs" variant="default" onClick={() => onRestore(data.document)}>
        Bring it back
      </Button>
    </div>
  );
}
