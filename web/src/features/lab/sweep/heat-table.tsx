import { NativeSelect } from '@mantine/core';
import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useFormats } from '@/lib/formats';
import type { Sweep, SweepCell } from '@/lib/lab/sweep-schemas';
import { splitSymbols } from '@/lib/lab/symbols';
import styles from '../lab.module.css';
import { farthestOf, heatMap, type Spot, strengthOf } from './heat-map';
import own from './sweep.module.css';
import { cellWords, objectiveName, objectiveText } from './sweep-words';

/** With more columns than these a place has no room for its number. */
const NUMBERED_MAX = 14;

/** Where columns are narrow, one of so many has its value written over it. */
const LABEL_EACH = 5;

const MOVES: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The cells of a sweep by two of its axes; it fills in while the sweep runs. A place opens a run with its inputs. */
export function HeatTable({ sweep, onOpen }: { sweep: Sweep; onOpen: (cell: SweepCell) => void }) {
  const { axes, cells, best } = sweep;
  const formats = useFormats();
  const [chosen, setChosen] = useState<{ x?: string; y?: string }>({});
  const [told, setTold] = useState<SweepCell | null>(null);
  const [focus, setFocus] = useState<readonly [number, number]>([0, 0]);
  const x = chosen.x ?? axes[0]?.name ?? '';
  const y = chosen.y ?? axes.find((one) => one.name !== x)?.name ?? null;
  const map = useMemo(() => heatMap(axes, cells, x, y === x ? null : y), [axes, cells, x, y]);
  const farthest = useMemo(() => farthestOf(cells), [cells]);
  const opener = useRef(onOpen);
  useEffect(() => {
    opener.current = onOpen;
  });
  const act = useCallback((what: 'tell' | 'open', spot: Spot, line: number, column: number) => {
    if (what === 'open') {
      if (spot !== null && spot.objective !== null) opener.current(spot);
      return;
    }
    setTold(spot);
    setFocus([line, column]);
  }, []);
  if (!map) return null;
  const numbered = map.x.labels.length <= NUMBERED_MAX;
  const move = (event: KeyboardEvent<HTMLTableElement>) => {
    const step = MOVES[event.key];
    if (!step) return;
    event.preventDefault();
    const row = Math.min(map.rows.length - 1, Math.max(0, focus[0] + step[0]));
    const column = Math.min(map.x.labels.length - 1, Math.max(0, focus[1] + step[1]));
    setFocus([row, column]);
    event.currentTarget.querySelector<HTMLElement>(`[data-place="${row} ${column}"]`)?.focus();
  };
  const names = axes.map((one) => ({ value: one.name, label: one.name }));
  return (
    <>
      {axes.length > 2 && (
        <div className={styles.tools}>
          <NativeSelect
            label="Across"
            size="xs"
            value={x}
            data={names}
            onChange={(event) => setChosen({ ...chosen, x: event.currentTarget.value })}
          />
          <NativeSelect
            label="Down"
            size="xs"
            value={map.y?.name ?? ''}
            data={names.filter((one) => one.value !== x)}
            onChange={(event) => setChosen({ ...chosen, y: event.currentTarget.value })}
          />
          <span className={styles.dim}>Each place shows the best over the other inputs.</span>
        </div>
      )}
      {Math.max(map.x.each, map.y?.each ?? 1) > 1 && (
        <p className={styles.fine}>
          There are more values than places: each shows the best of {map.x.each}
          {map.y && ` × ${map.y.each}`} that lie side by side, under the first of them.
        </p>
      )}
      <section className={styles.scroll} aria-label="Cells">
        <table className={own.heat} onKeyDown={move} data-numbered={numbered || undefined}>
          <caption className={styles.hidden}>
            {sweep.objective} by {map.x.name}
            {map.y && ` and ${map.y.name}`}, on {splitSymbols(sweep.symbol).join(', ')}; arrow keys move,
            Enter opens a run
          </caption>
          <thead>
            <tr>
              <th scope="col" className={own.corner}>
                {map.y ? `${map.y.name} ↓ ` : ''}
                {map.x.name} →
              </th>
              {map.x.labels.map((value, column) => (
                <th
                  key={value}
                  scope="col"
                  data-quiet={(!numbered && column % LABEL_EACH !== 0) || undefined}
                >
                  <span>{value}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {map.rows.map((row, line) => (
              <Row
                key={map.y?.labels[line] ?? 'all'}
                row={row}
                line={line}
                title={map.y ? (map.y.labels[line] ?? '') : objectiveName(sweep.objective)}
                columns={map.x.labels}
                focus={focus[0] === line ? focus[1] : null}
                best={best?.index ?? null}
                farthest={farthest}
                objective={sweep.objective}
                onAct={act}
              />
            ))}
          </tbody>
        </table>
      </section>
      <p className={own.told} aria-live="polite">
        {told
          ? cellWords(told, sweep.objective, formats)
          : 'Choose a cell to run a test with its inputs. ★ is the highest so far.'}
      </p>
    </>
  );
}

type Act = (what: 'tell' | 'open', spot: Spot, line: number, column: number) => void;

/** A line of places. It is drawn anew when something in it changes: a sweep may have thousands. */
const Row = memo(function Row({
  row,
  line,
  title,
  columns,
  focus,
  best,
  farthest,
  objective,
  onAct,
}: {
  row: readonly Spot[];
  line: number;
  title: string;
  columns: readonly string[];
  /** The column that the keyboard is at; null: it is in another line. */
  focus: number | null;
  best: number | null;
  farthest: number;
  objective: string;
  onAct: Act;
}) {
  const formats = useFormats();
  return (
    <tr>
      <th scope="row">{title}</th>
      {row.map((spot, column) => (
        <td key={columns[column]}>
          <Place
            spot={spot}
            place={`${line} ${column}`}
            reachable={focus === column}
            isBest={spot !== null && spot.index === best}
            strength={spot?.objective == null ? 0 : strengthOf(spot.objective, farthest)}
            text={spot?.objective == null ? '' : objectiveText(objective, spot.objective, formats)}
            label={spot === null ? 'not run yet' : cellWords(spot, objective, formats)}
            onTell={() => onAct('tell', spot, line, column)}
            onOpen={() => onAct('open', spot, line, column)}
          />
        </td>
      ))}
    </tr>
  );
});

function Place({
  spot,
  place,
  reachable,
  isBest,
  strength,
  text,
  label,
  onTell,
  onOpen,
}: {
  spot: Spot;
  place: string;
  reachable: boolean;
  isBest: boolean;
  strength: number;
  text: string;
  label: string;
  onTell: () => void;
  onOpen: () => void;
}) {
  const value = spot?.objective ?? null;
  return (
    <button
      type="button"
      className={own.place}
      data-place={place}
      data-side={value === null ? undefined : value >= 0 ? 'up' : 'down'}
      data-strength={strength || undefined}
      data-best={isBest || undefined}
      data-empty={spot === null || undefined}
      aria-label={isBest ? `The highest: ${label}` : label}
      aria-disabled={value === null}
      tabIndex={reachable ? 0 : -1}
      onFocus={onTell}
      onPointerEnter={onTell}
      onClick={onOpen}
    >
      {isBest && '★'}
      <span>{text || (spot === null ? '·' : '–')}</span>
    </button>
  );
}
