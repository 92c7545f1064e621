import { Button } from '@mantine/core';
import type { Run } from '@/lib/lab/run-schemas';

/** Lets a run's strategy go on on the desk, or ends that. */
export function LiveButton({ run, busy, onPress }: { run: Run; busy: boolean; onPress: () => void }) {
  return (
    <Button size="xs" variant={run.live ? 'default' : 'filled'} loading={busy} onClick={onPress}>
      {run.live ? 'Stop it on the desk' : 'Use this strategy live'}
    </Button>
  );
}
