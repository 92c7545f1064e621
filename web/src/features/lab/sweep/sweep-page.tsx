import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog, type Question } from '@/components/confirm-dialog';
import { Link } from '@/components/link';
import { MessagePanel } from '@/components/message-panel';
import { NotLoaded } from '@/components/not-loaded';
import { PageFrame, Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import { useFormats } from '@/lib/formats';
import { changeSweep, deleteSweep, startRun } from '@/lib/lab/lab-client';
import { labLinks, runPath, sweepLikePath } from '@/lib/lab/lab-place';
import { isUnderWay } from '@/lib/lab/run-schemas';
import type { Sweep, SweepCell } from '@/lib/lab/sweep-schemas';
import { splitSymbols } from '@/lib/lab/symbols';
import { useJobEvent, useSweep } from '@/lib/lab/use-lab';
import { navigate } from '@/lib/location';
import { JobProgress } from '../job-progress';
import styles from '../lab.module.css';
import result from '../result/result.module.css';
import { RunBadges } from '../runs/run-badges';
import { SymbolsText } from '../symbols-text';
import { BestCells } from './best-cells';
import { cellRequest } from './cell-request';
import { HeatTable } from './heat-table';
import own from './sweep.module.css';
import { readWalkForward } from './sweep-evidence';
import { sweepFacts } from './sweep-facts';
import { SweepVerdict } from './sweep-verdict';
import { WalkForward } from './walk-forward';

/** A sweep, as it stands: its cells come in while it runs. */
export function SweepPage({ id }: { id: string }) {
  const query = useSweep(id);
  const { data, error } = query;
  return (
    <PageFrame title="Lab" links={labLinks('sweeps')} wide="most">
      {data ? (
        <Told sweep={data} />
      ) : error ? (
        <NotLoaded title="The sweep could not be loaded" problem={error} onRetry={query.refetch} />
      ) : (
        <MessagePanel title="Loading the sweep…">One moment.</MessagePanel>
      )}
    </PageFrame>
  );
}

function Told({ sweep }: { sweep: Sweep }) {
  const cache = useQueryClient();
  const formats = useFormats();
  const told = useJobEvent(sweep.id);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const set = async (status: 'running' | 'stopped') => {
    cache.setQueryData(['lab', 'sweep', sweep.id], await changeSweep(sweep.id, status));
    void cache.invalidateQueries({ queryKey: ['lab', 'sweeps'] });
  };
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    await work().catch((failure) => setProblem(toProblem(failure)));
    setBusy(false);
  };
  const open = (cell: SweepCell) =>
    void act(async () => {
      const run = await startRun(cellRequest(sweep.request, cell));
      cache.setQueryData(['lab', 'run', run.id], run);
      void cache.invalidateQueries({ queryKey: ['lab', 'runs'] });
      navigate(runPath(run.id));
    });
  const remove = () =>
    setQuestion({
      title: 'Delete this sweep?',
      text: 'Its cells go. What it tried stays counted among the trials of its strategy.',
      action: 'Delete',
      act: async () => {
        await deleteSweep(sweep.id);
        cache.removeQueries({ queryKey: ['lab', 'sweep', sweep.id] });
        void cache.invalidateQueries({ queryKey: ['lab', 'sweeps'] });
        navigate('/lab/sweeps');
      },
    });
  const walked = readWalkForward(sweep.walk_forward);
  const symbols = splitSymbols(sweep.symbol);
  return (
    <>
      <header className={result.head}>
        <div className={result.headLine}>
          <h2 className={result.name}>
            {sweep.name || (
              <>
                {sweep.strategy} on <SymbolsText symbol={sweep.symbol} />, swept
              </>
            )}
          </h2>
          <RunBadges run={{ ...sweep, live: false }} />
          <span className={result.space} />
          <span className={own.buttons}>
            {sweep.status === 'stopped' && (
              <Button size="xs" loading={busy} onClick={() => void act(() => set('running'))}>
                Go on
              </Button>
            )}
            <Button component={Link} href={sweepLikePath(sweep.id)} size="xs" variant="default">
              New sweep like this
            </Button>
            <Button size="xs" variant="default" onClick={remove}>
              Delete
            </Button>
          </span>
        </div>
        {sweepFacts(sweep, formats).map((line) => (
          <p key={line} className={result.of}>
            {line}
          </p>
        ))}
        {problem && <ProblemNote>{problem.message}</ProblemNote>}
        {sweep.error && <ProblemNote>{sweep.error.message}</ProblemNote>}
      </header>
      {isUnderWay(sweep.status) && (
        <Section title="Under way">
          <JobProgress
            status={sweep.status}
            progress={sweep.progress}
            told={told}
            counted="cells"
            stop="Stop"
            onStop={() => set('stopped')}
          />
          <p className={styles.fine}>A sweep that is stopped goes on later where it was.</p>
        </Section>
      )}
      <SweepVerdict sweep={sweep} onOpen={open} />
      <Section
        title="Heat map"
        {...(symbols.length > 1 ? { about: `Each cell is one account over ${symbols.join(', ')}.` } : {})}
      >
        <HeatTable sweep={sweep} onOpen={open} />
      </Section>
      {walked && <WalkForward told={walked} objective={sweep.objective} />}
      <BestCells sweep={sweep} onOpen={open} />
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
