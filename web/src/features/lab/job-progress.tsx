import { Button, Progress } from '@mantine/core';
import { useState } from 'react';
import { ProblemNote } from '@/components/problem-note';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import { useFormats } from '@/lib/formats';
import type { JobEvent, RunStatus } from '@/lib/lab/run-schemas';
import { formatSpan } from '@/lib/time';
import styles from './lab.module.css';

/** How a run or a sweep goes on, and what stops it. */
export function JobProgress({
  status,
  progress,
  told,
  counted,
  stop,
  onStop,
}: {
  status: RunStatus;
  /** As asked for last. */
  progress: number;
  /** As told last by the socket. */
  told: JobEvent | null;
  /** What is counted: `bars`, `cells`. */
  counted: string;
  /** On the button. */
  stop: string;
  onStop: () => Promise<void>;
}) {
  const formats = useFormats();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [stopping, setStopping] = useState(false);
  const share = Math.min(1, Math.max(progress, told?.progress ?? 0));
  const waits = (told?.status ?? status) === 'queued' && share === 0;
  const { done, total, eta_ms: eta } = told ?? {};
  const cancel = async () => {
    setStopping(true);
    setProblem(null);
    await onStop().catch((error) => setProblem(toProblem(error)));
    setStopping(false);
  };
  return (
    <div className={styles.progress}>
      <div className={styles.progressHead}>
        <span role="status">
          {waits ? 'It waits for its turn' : `${Math.floor(share * 100)}% done`}
          {done != null && total != null && total > 0 && (
            <>
              {' · '}
              {formats.formatCount(done)} of {formats.formatCount(total)} {counted}
            </>
          )}
          {eta != null && !waits && ` · ${formatSpan(Math.max(1000, eta))} left`}
        </span>
        <Button size="compact-xs" variant="default" loading={stopping} onClick={() => void cancel()}>
          {stop}
        </Button>
      </div>
      <Progress value={share * 100} animated={waits} aria-label="How much is done" size="sm" />
      {problem && <ProblemNote>{problem.message}</ProblemNote>}
    </div>
  );
}
