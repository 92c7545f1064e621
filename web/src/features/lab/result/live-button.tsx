import { Button, Tooltip } from '@mantine/core';
import { useId } from 'react';
import type { Run } from '@/lib/lab/run-schemas';
import { symbolsOf } from '@/lib/lab/symbols';
import styles from '../lab.module.css';

const WHY_NOT = 'A run over several symbols does not go live yet.';

/** Lets a run's strategy go on on the desk, or says why it cannot. */
export function LiveButton({ run, busy, onPress }: { run: Run; busy: boolean; onPress: () => void }) {
  const reason = useId();
  if (symbolsOf(run).length < 2 || run.live) {
    return (
      <Button size="xs" variant={run.live ? 'default' : 'filled'} loading={busy} onClick={onPress}>
        {run.live ? 'Stop it on the desk' : 'Use this strategy live'}
      </Button>
    );
  }
  return (
    <>
      <Tooltip label={WHY_NOT} events={{ hover: true, focus: true, touch: true }}>
        {/* It is reached by keyboard all the same: so the reason is told. */}
        <Button
          size="xs"
          variant="default"
          data-disabled
          aria-disabled
          aria-describedby={reason}
          onClick={(event) => event.preventDefault()}
        >
          Use this strategy live
        </Button>
      </Tooltip>
      <span id={reason} className={styles.hidden}>
        {WHY_NOT}
      </span>
    </>
  );
}
