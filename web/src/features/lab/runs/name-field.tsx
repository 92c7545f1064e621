import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toProblem } from '@/lib/api/problem';
import { changeRun } from '@/lib/lab/lab-client';
import type { Run, RunItem } from '@/lib/lab/run-schemas';
import styles from '../lab.module.css';

/** Gives a run a name, or takes it away. */
export function NameField({ run, onDone }: { run: Pick<RunItem, 'id' | 'name'>; onDone: () => void }) {
  const cache = useQueryClient();
  const [name, setName] = useState(run.name);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const save = async () => {
    setBusy(true);
    setFault(null);
    try {
      const next = await changeRun(run.id, { name: name.trim() });
      cache.setQueryData<Run>(['lab', 'run', run.id], (known) => known && { ...known, name: next.name });
      await cache.invalidateQueries({ queryKey: ['lab', 'runs'] });
      onDone();
    } catch (error) {
      setFault(toProblem(error).message);
      setBusy(false);
    }
  };
  return (
    <form
      className={styles.naming}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextInput
        aria-label="Name of the run"
        size="xs"
        autoFocus
        maxLength={100}
        value={name}
        placeholder="What it was to find out"
        error={fault}
        errorProps={{ role: 'alert' }}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && onDone()}
      />
      <Button type="submit" size="xs" loading={busy}>
        Save
      </Button>
      <Button size="xs" variant="default" onClick={onDone}>
        Cancel
      </Button>
    </form>
  );
}
