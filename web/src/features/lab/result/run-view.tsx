import { useQueryClient } from '@tanstack/react-query';
import { MessagePanel } from '@/components/message-panel';
import { NotLoaded } from '@/components/not-loaded';
import { Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { deleteRun } from '@/lib/lab/lab-client';
import { isUnderWay, type Run } from '@/lib/lab/run-schemas';
import { useJobEvent, type useRun } from '@/lib/lab/use-lab';
import { navigate } from '@/lib/location';
import { JobProgress } from '../job-progress';
import { RunHead } from './run-head';
import { RunResult } from './run-result';

/** A run, as it stands. */
export function RunView({ id, query }: { id: string; query: ReturnType<typeof useRun> }) {
  const cache = useQueryClient();
  const told = useJobEvent(id);
  const { data: run, error } = query;
  const cancel = async () => {
    await deleteRun(id);
    cache.removeQueries({ queryKey: ['lab', 'run', id] });
    void cache.invalidateQueries({ queryKey: ['lab', 'runs'] });
    navigate('/lab');
  };
  if (!run) {
    if (!error) return <MessagePanel title="Loading the run…">One moment.</MessagePanel>;
    return <NotLoaded title="The run could not be loaded" problem={error} onRetry={query.refetch} />;
  }
  return (
    <>
      <RunHead run={run} />
      {isUnderWay(run.status) && (
        <Section title="Under way">
          <JobProgress
            status={run.status}
            progress={run.progress}
            told={told}
            counted="bars"
            stop="Cancel"
            onStop={cancel}
          />
        </Section>
      )}
      {run.status === 'failed' && <Failed run={run} />}
      {run.status === 'stopped' && (
        <Section title="Stopped">
          <p>It was stopped before it was done, and has no result. Run it again from the settings.</p>
        </Section>
      )}
      {run.status === 'done' && <RunResult run={run} />}
    </>
  );
}

function Failed({ run }: { run: Run }) {
  const { error } = run;
  return (
    <Section title="It failed">
      <ProblemNote>
        {error?.field && <b>{error.field}: </b>}
        {error?.message || 'The server does not say why; its log has the reason.'}
      </ProblemNote>
    </Section>
  );
}
