import { Button } from '@mantine/core';
import { useRef } from 'react';
import { Link } from '@/components/link';
import type { Instrument } from '@/lib/api/schemas';
import { startRun } from '@/lib/lab/lab-client';
import type { Run } from '@/lib/lab/run-schemas';
import type { StrategyItem } from '@/lib/lab/strategy-schemas';
import { useServerNow } from '@/lib/use-now';
import styles from './form.module.css';
import { changedFields, type LabSettings, settingsFaults, toRequest } from './settings';
import { SettingsFields } from './settings-fields';
import { StartProblem } from './start-problem';
import { useStart } from './use-start';
import { useStrategyOf } from './use-strategy';

/** A test being put together. */
export function TestForm({
  settings,
  strategies,
  instruments,
  onChange,
  onStarted,
}: {
  settings: LabSettings;
  strategies: readonly StrategyItem[];
  instruments: readonly Instrument[];
  onChange: (change: Partial<LabSettings>) => void;
  onStarted: (run: Run) => void;
}) {
  const form = useRef<HTMLFormElement>(null);
  const start = useStart(form);
  const now = useServerNow(false);
  const strategy = useStrategyOf(settings, strategies);
  const change = (part: Partial<LabSettings>) => {
    onChange(part);
    start.forgive(changedFields(part));
  };
  const run = () =>
    start.send(settingsFaults(settings, strategy), async () =>
      onStarted(await startRun(toRequest(settings, strategy, now))),
    );
  return (
    <form
      ref={form}
      aria-label="The test"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!start.busy) run();
      }}
    >
      <SettingsFields
        settings={settings}
        strategies={strategies}
        instruments={instruments}
        faults={start.faults}
        onChange={change}
      />
      <div className={styles.run}>
        {start.problem && <StartProblem problem={start.problem} />}
        <div className={styles.buttons}>
          <Button type="submit" size="sm" fullWidth loading={start.busy}>
            Run
          </Button>
          <Button
            component={Link}
            href="/lab/sweep"
            size="sm"
            variant="default"
            className={styles.sweep ?? ''}
          >
            Sweep…
          </Button>
        </div>
      </div>
    </form>
  );
}
