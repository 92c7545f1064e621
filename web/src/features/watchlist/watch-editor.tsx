import { ActionIcon, Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { CrossIcon, DownIcon, PlusIcon, UpIcon } from '@/components/icons';
import { ProblemNote } from '@/components/problem-note';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import type { Instrument } from '@/lib/api/schemas';
import { instrumentId, searchInstruments, shortName } from '@/lib/market/instrument';
import { moved, startingList, WATCHED_MAX, withAdded, without } from './edit-list';
import styles from './watch-editor.module.css';

/** So many of those that could be added are listed; the search narrows them down. */
const OFFERED_MAX = 50;

/** Where the focus goes once the list is drawn anew. */
interface Focus {
  readonly id: string;
  readonly button: string;
}

/** The own watch list, to be put together. Each press is kept at once. */
export function WatchEditor({
  instruments,
  own: kept,
  query,
  onSave,
}: {
  instruments: readonly Instrument[];
  own: readonly Instrument[] | null;
  /** Narrows down what can be added. */
  query: string;
  onSave: (own: readonly Instrument[]) => Promise<unknown>;
}) {
  // What was pressed and is not kept yet: the next press counts on it.
  const [draft, setDraft] = useState<readonly Instrument[] | null>(null);
  const saves = useRef(0);
  const own = draft === null ? kept : draft.length === 0 ? null : draft;
  const list = startingList(own, instruments);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [said, setSaid] = useState('');
  const editor = useRef<HTMLDivElement>(null);
  const focus = useRef<Focus | null>(null);
  useEffect(() => {
    const wanted = focus.current;
    if (!wanted) return;
    focus.current = null;
    const rows = [...(editor.current?.querySelectorAll<HTMLElement>('[data-id]') ?? [])];
    const row = rows.find((one) => one.dataset.id === wanted.id);
    const buttons = [...(row?.querySelectorAll('button') ?? [])];
    (buttons.find((one) => one.dataset.button === wanted.button && !one.disabled) ?? buttons.at(-1))?.focus();
  });

  const save = (next: readonly Instrument[], words: string) => {
    setProblem(null);
    setSaid(words);
    setDraft(next);
    saves.current += 1;
    const turn = saves.current;
    onSave(next)
      .catch((error) => setProblem(toProblem(error)))
      .finally(() => {
        if (turn === saves.current) setDraft(null);
      });
  };
  const move = (one: Instrument, by: 1 | -1) => {
    const next = moved(list, one, by);
    if (next === list) return;
    focus.current = { id: instrumentId(one), button: by < 0 ? 'up' : 'down' };
    save(next, `${one.symbol} is number ${next.indexOf(one) + 1} of ${next.length} now.`);
  };
  const remove = (one: Instrument) => {
    const at = list.indexOf(one);
    const neighbour = list[at + 1] ?? list[at - 1];
    if (neighbour) focus.current = { id: instrumentId(neighbour), button: 'remove' };
    const next = without(list, one);
    save(
      next,
      next.length === 0
        ? 'The list is empty: all instruments are shown.'
        : `${one.symbol} is not in the list any more.`,
    );
  };
  const others = searchInstruments(query, instruments).filter((one) => !list.includes(one));

  return (
    <div ref={editor} className={styles.editor}>
      {problem && <ProblemNote>Not saved: {problem.message}</ProblemNote>}
      <p className={styles.hidden} aria-live="polite">
        {said}
      </p>
      <h2 className={styles.heading}>{own === null ? 'Shown now: all that are followed' : 'Your list'}</h2>
      <ul className={styles.list} aria-label="In the watch list">
        {list.map((one, index) => (
          <EditRow
            key={instrumentId(one)}
            instrument={one}
            name={shortName(one, instruments)}
            first={index === 0}
            last={index === list.length - 1}
            onMove={(by) => move(one, by)}
            onRemove={() => remove(one)}
          />
        ))}
      </ul>
      {own !== null && (
        <Button
          variant="default"
          size="xs"
          className={styles.reset ?? ''}
          onClick={() => save([], 'All instruments are shown again.')}
        >
          Show all again
        </Button>
      )}
      <h2 className={styles.heading}>Can be added</h2>
      {others.length === 0 && (
        <p className={styles.empty}>
          {query.trim() === '' ? 'All are in the list.' : `Nothing else has “${query}” in its name.`}
        </p>
      )}
      <ul className={styles.list} aria-label="Can be added">
        {others.slice(0, OFFERED_MAX).map((one) => (
          <li key={instrumentId(one)} className={styles.row} data-id={instrumentId(one)}>
            <Name instrument={one} />
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={list.length >= WATCHED_MAX}
              aria-label={`Add ${shortName(one, instruments)}`}
              onClick={() => {
                focus.current = { id: instrumentId(one), button: 'remove' };
                save(withAdded(list, one), `${one.symbol} is in the list.`);
              }}
            >
              <PlusIcon />
            </ActionIcon>
          </li>
        ))}
      </ul>
      {others.length > OFFERED_MAX && (
        <p className={styles.empty}>{others.length - OFFERED_MAX} more: search for them above.</p>
      )}
    </div>
  );
}

function Name({ instrument }: { instrument: Instrument }) {
  return (
    <span className={styles.name}>
      {instrument.base}
      <span className={styles.dim}>
        /{instrument.quote} · {instrument.venue}
      </span>
    </span>
  );
}

function EditRow({
  instrument,
  name,
  first,
  last,
  onMove,
  onRemove,
}: {
  instrument: Instrument;
  name: string;
  first: boolean;
  last: boolean;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
}) {
  return (
    <li className={styles.row} data-id={instrumentId(instrument)}>
      <Name instrument={instrument} />
      <ActionIcon
        variant="subtle"
        color="gray"
        data-button="up"
        disabled={first}
        aria-label={`Move ${name} up`}
        onClick={() => onMove(-1)}
      >
        <UpIcon />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        data-button="down"
        disabled={last}
        aria-label={`Move ${name} down`}
        onClick={() => onMove(1)}
      >
        <DownIcon />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        data-button="remove"
        aria-label={`Remove ${name}`}
        onClick={onRemove}
      >
        <CrossIcon />
      </ActionIcon>
    </li>
  );
}
