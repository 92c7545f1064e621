import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { NotLoaded } from '@/components/not-loaded';
import { PageFrame } from '@/components/page-frame';
import type { Instrument } from '@/lib/api/schemas';
import { labLinks, runPath } from '@/lib/lab/lab-place';
import type { Run } from '@/lib/lab/run-schemas';
import type { StrategyItem } from '@/lib/lab/strategy-schemas';
import { useRun, useStrategies } from '@/lib/lab/use-lab';
import { navigate } from '@/lib/location';
import { useInstruments } from '@/lib/market/use-instruments';
import { TestForm } from './form/test-form';
import { useDraft } from './form/use-draft';
import styles from './lab.module.css';
import { RunView } from './result/run-view';
import { RecentRuns } from './runs/recent-runs';

const NO_STRATEGIES: readonly StrategyItem[] = [];
const NO_INSTRUMENTS: readonly Instrument[] = [];

/** A test beside its result: change something, run again. */
export function TestPage({ id }: { id: string | null }) {
  const cache = useQueryClient();
  const strategies = useStrategies();
  const instruments = useInstruments();
  const draft = useDraft(instruments.data ?? NO_INSTRUMENTS, strategies.data ?? NO_STRATEGIES);
  const run = useRun(id);
  const result = useRef<HTMLDivElement>(null);
  /** The run that the form is of: one that was begun here, or that was opened. */
  const formOf = useRef<string | null>(null);
  const [open, setOpen] = useState(id === null);

  const started = (next: Run) => {
    formOf.current = next.id;
    cache.setQueryData(['lab', 'run', next.id], next);
    void cache.invalidateQueries({ queryKey: ['lab', 'runs'] });
    setOpen(false);
    navigate(runPath(next.id));
    result.current?.scrollIntoView({ block: 'start' });
  };

  const { data } = run;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run that is opened is taken over once
  useEffect(() => {
    if (!data || data.id !== id || formOf.current === id || !instruments.data) return;
    formOf.current = id;
    draft.takeOver(data.request, data);
  }, [data, id, instruments.data]);

  const problem = strategies.error ?? instruments.error;
  return (
    <PageFrame title="Lab" links={labLinks(id === null ? 'test' : 'runs')} wide="most">
      <div className={styles.columns} data-form={open || undefined}>
        <div className={styles.formColumn}>
          <Button
            size="xs"
            variant="default"
            className={styles.unfold ?? ''}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {open ? 'Hide the settings' : 'Change the settings'}
          </Button>
          <section className={styles.formPanel} aria-label="Settings">
            {problem && !strategies.data ? (
              <NotLoaded
                title="The strategies could not be loaded"
                problem={problem}
                onRetry={strategies.refetch}
              />
            ) : (
              <TestForm
                settings={draft.settings}
                strategies={strategies.data ?? NO_STRATEGIES}
                instruments={instruments.data ?? NO_INSTRUMENTS}
                onChange={draft.change}
                onStarted={started}
              />
            )}
          </section>
        </div>
        <div ref={result} className={styles.result}>
          {id === null ? <RecentRuns /> : <RunView key={id} id={id} query={run} />}
        </div>
      </div>
    </PageFrame>
  );
}
