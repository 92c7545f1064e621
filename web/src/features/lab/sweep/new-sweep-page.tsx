import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { PageFrame } from '@/components/page-frame';
import type { Instrument } from '@/lib/api/schemas';
import { startSweep } from '@/lib/lab/lab-client';
import { isSweepId, labLinks, sweepPath } from '@/lib/lab/lab-place';
import type { StrategyItem } from '@/lib/lab/strategy-schemas';
import { useStrategies, useSweep } from '@/lib/lab/use-lab';
import { navigate, useAddress } from '@/lib/location';
import { useInstruments } from '@/lib/market/use-instruments';
import { recall, remember } from '@/lib/storage';
import { useServerNow } from '@/lib/use-now';
import form from '../form/form.module.css';
import { changedFields, type LabSettings } from '../form/settings';
import { SettingsFields } from '../form/settings-fields';
import { StartProblem } from '../form/start-problem';
import { useDraft } from '../form/use-draft';
import { useStart } from '../form/use-start';
import { useStrategyOf } from '../form/use-strategy';
import styles from '../lab.module.css';
import { SweepFields } from './sweep-fields';
import {
  fromSweepRequest,
  readSweep,
  type SweepSettings,
  sweepFaults,
  toSweepRequest,
} from './sweep-settings';

const KEPT = 'lab-sweep';
const NO_STRATEGIES: readonly StrategyItem[] = [];
const NO_INSTRUMENTS: readonly Instrument[] = [];

/** A sweep being put together: the settings of a test, its symbols with them, and which of its inputs are tried with which values. */
export function NewSweepPage() {
  const cache = useQueryClient();
  const { data: strategies = NO_STRATEGIES } = useStrategies();
  const { data: instruments = NO_INSTRUMENTS } = useInstruments();
  const draft = useDraft(instruments, strategies);
  const [sweep, setSweep] = useState(() => readSweep(recall(KEPT, 'tab')));
  useEffect(() => remember(KEPT, JSON.stringify(sweep), 'tab'), [sweep]);
  const like = new URL(useAddress(), location.origin).searchParams.get('like');
  const { data: made } = useSweep(isSweepId(like) ? like : null);
  const taken = useRef<string | null>(null);
  useEffect(() => {
    if (!made || taken.current === made.id) return;
    taken.current = made.id;
    setSweep(fromSweepRequest(made.request));
  }, [made]);
  const element = useRef<HTMLFormElement>(null);
  const start = useStart(element);
  const now = useServerNow(false);
  const { settings } = draft;
  const strategy = useStrategyOf(settings, strategies);

  const change = (part: Partial<LabSettings>) => {
    draft.change(part);
    start.forgive(changedFields(part));
  };
  const changeSweep = (part: Partial<SweepSettings>) => {
    setSweep((known) => ({ ...known, ...part }));
    start.forgive(Object.keys(part));
  };
  const run = () =>
    start.send(sweepFaults(settings, sweep, strategy), async () => {
      const next = await startSweep(toSweepRequest(settings, sweep, strategy, now));
      cache.setQueryData(['lab', 'sweep', next.id], next);
      void cache.invalidateQueries({ queryKey: ['lab', 'sweeps'] });
      navigate(sweepPath(next.id));
    });
  return (
    <PageFrame title="Lab" links={labLinks('sweeps')} wide>
      <form
        ref={element}
        aria-label="The sweep"
        noValidate
        className={styles.sides}
        onSubmit={(event) => {
          event.preventDefault();
          if (!start.busy) run();
        }}
      >
        <section className={styles.side} aria-label="Settings">
          <SettingsFields
            settings={settings}
            strategies={strategies}
            instruments={instruments}
            faults={start.faults}
            onChange={change}
          />
        </section>
        <section className={styles.side} aria-label="Sweep">
          <SweepFields
            inputs={strategy?.inputs ?? []}
            sweep={sweep}
            faults={start.faults}
            onChange={changeSweep}
          />
          <p className={form.fine}>
            The more is tried, the better the best looks by luck alone. So the best is told with its deflated
            Sharpe ratio, and every trial of a strategy counts from then on.
          </p>
          <div className={form.run}>
            {start.problem && <StartProblem problem={start.problem} />}
            <Button type="submit" size="sm" fullWidth loading={start.busy}>
              Run the sweep
            </Button>
          </div>
        </section>
      </form>
    </PageFrame>
  );
}
