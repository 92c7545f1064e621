import { Button, Menu, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog, type Question } from '@/components/confirm-dialog';
import { ChevronIcon } from '@/components/icons';
import { GoodNote, ProblemNote } from '@/components/problem-note';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import { useFormats } from '@/lib/formats';
import { changeRun, type Download, deleteRun, fetchDownload } from '@/lib/lab/lab-client';
import type { Run } from '@/lib/lab/run-schemas';
import { symbolsOf, symbolsWords } from '@/lib/lab/symbols';
import { navigate } from '@/lib/location';
import { timeframeName } from '@/lib/timeframe';
import { RunBadges } from '../runs/run-badges';
import { SymbolsText } from '../symbols-text';
import { LiveButton } from './live-button';
import styles from './result.module.css';

const FILES: readonly { readonly what: Download; readonly label: string; readonly end: string }[] = [
  { what: 'report', label: 'Report (HTML)', end: '.html' },
  { what: 'trades', label: 'Trades (CSV)', end: '-trades.csv' },
  { what: 'equity', label: 'Equity (CSV)', end: '-equity.csv' },
];

/** Gives the browser a file to keep. */
function keepFile(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has begun by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** What a run is called, what it was of, and what can be done with it. */
export function RunHead({ run }: { run: Run }) {
  const formats = useFormats();
  const cache = useQueryClient();
  const [naming, setNaming] = useState<string | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [good, setGood] = useState<string | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const [busy, setBusy] = useState(false);
  const done = run.status === 'done';

  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    setGood(null);
    await work().catch((error) => setProblem(toProblem(error)));
    setBusy(false);
  };
  const change = (part: { name?: string; live?: boolean }, said: string) =>
    act(async () => {
      const next = await changeRun(run.id, part);
      cache.setQueryData<Run>(
        ['lab', 'run', run.id],
        (known) => known && { ...known, name: next.name, live: next.live },
      );
      void cache.invalidateQueries({ queryKey: ['lab', 'runs'] });
      void cache.invalidateQueries({ queryKey: ['lab', 'live'] });
      setNaming(null);
      setGood(said);
    });
  const remove = () =>
    setQuestion({
      title: 'Delete this run?',
      text: run.live
        ? 'Its result goes, and its strategy stops on the desk.'
        : 'Its result goes. What it tried stays counted among the trials of its strategy.',
      action: 'Delete',
      act: async () => {
        await deleteRun(run.id);
        cache.removeQueries({ queryKey: ['lab', 'run', run.id] });
        void cache.invalidateQueries({ queryKey: ['lab'] });
        navigate('/lab/runs');
      },
    });
  const goLive = () => {
    if (run.live) return void change({ live: false }, 'Its strategy no longer runs on the desk.');
    setQuestion({
      title: 'Use this strategy live?',
      text: `“${run.strategy}” with the inputs of this run goes on from the next closed ${timeframeName(run.timeframe)} bar of ${symbolsWords(run.symbol)}. Its entries and exits are told and marked on the chart. No orders are sent.`,
      action: 'Use it live',
      act: () =>
        change(
          { live: true },
          `It runs on the desk from the next closed bar of ${symbolsWords(run.symbol)} on.`,
        ),
    });
  };
  const inputs = Object.entries(run.inputs ?? {});
  return (
    <header className={styles.head}>
      <div className={styles.headLine}>
        {naming === null ? (
          <>
            <h2 className={styles.name}>
              {run.name || (
                <>
                  {run.strategy} on <SymbolsText symbol={run.symbol} />
                </>
              )}
            </h2>
            <RunBadges run={run} />
            <Button size="compact-xs" variant="default" onClick={() => setNaming(run.name)}>
              {run.name ? 'Rename' : 'Name it'}
            </Button>
          </>
        ) : (
          <form
            className={styles.naming}
            onSubmit={(event) => {
              event.preventDefault();
              void change({ name: naming.trim() }, 'A run that has a name is kept until it is deleted.');
            }}
          >
            <TextInput
              aria-label="Name of the run"
              size="xs"
              autoFocus
              maxLength={100}
              value={naming}
              placeholder="What it was to find out"
              onChange={(event) => setNaming(event.currentTarget.value)}
              onKeyDown={(event) => event.key === 'Escape' && setNaming(null)}
            />
            <Button type="submit" size="xs" loading={busy}>
              Save
            </Button>
            <Button size="xs" variant="default" onClick={() => setNaming(null)}>
              Cancel
            </Button>
          </form>
        )}
        <span className={styles.space} />
        {done && <LiveButton run={run} busy={busy} onPress={goLive} />}
        {done && (
          <Menu position="bottom-end" shadow="md" returnFocus withInitialFocusPlaceholder={false}>
            <Menu.Target>
              <Button size="xs" variant="default" rightSection={<ChevronIcon />}>
                Download
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {FILES.map(({ what, label, end }, index) => (
                <Menu.Item
                  key={what}
                  data-autofocus={index === 0 || undefined}
                  onClick={() =>
                    void act(async () =>
                      keepFile(await fetchDownload(run.id, what), `candlewick-${run.id}${end}`),
                    )
                  }
                >
                  {label}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
        <Button size="xs" variant="default" onClick={remove}>
          Delete
        </Button>
      </div>
      <p className={styles.of}>
        {run.strategy}
        {run.version !== null && ` version ${run.version}`} · <SymbolsText symbol={run.symbol} /> (
        {[...new Set(symbolsOf(run).map((one) => one.venue))].join(', ')}) · {timeframeName(run.timeframe)}
        {run.from !== null && run.to !== null && (
          <>
            {' · '}
            {formats.formatDay(run.from)} to {formats.formatDay(run.to)}
          </>
        )}
        {run.bars > 0 && ` · ${formats.formatCount(run.bars)} bars`}
        {(run.warm_up_bars ?? 0) > 0 && ` after ${formats.formatCount(run.warm_up_bars ?? 0)} to warm up`}
        {inputs.length > 0 && ` · ${inputs.map(([name, value]) => `${name} ${value}`).join(', ')}`}
      </p>
      {problem && <ProblemNote>{problem.message}</ProblemNote>}
      {good && <GoodNote>{good}</GoodNote>}
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
    </header>
  );
}
