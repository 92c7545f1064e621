import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { Sweep, SweepCell } from '@/lib/lab/sweep-schemas';
import styles from '../lab.module.css';
import { shareText } from '../result/figure-words';
import { inputsText, objectiveName, objectiveText } from './sweep-words';

const SHOWN = 12;

/** The highest cells; those without an objective are none of them. */
export function highest(cells: readonly SweepCell[], count: number): readonly SweepCell[] {
  return cells
    .filter((one) => one.objective !== null)
    .sort((a, b) => (b.objective ?? 0) - (a.objective ?? 0))
    .slice(0, count);
}

/** The highest cells beside each other. */
export function BestCells({ sweep, onOpen }: { sweep: Sweep; onOpen: (cell: SweepCell) => void }) {
  const formats = useFormats();
  const cells = useMemo(() => highest(sweep.cells, SHOWN), [sweep.cells]);
  if (cells.length === 0) return null;
  const deflated = sweep.best?.deflated_sharpe ?? null;
  const number = (value: number | null | undefined, write: (known: number) => string) =>
    value == null ? 'n/a' : write(value);
  return (
    <Section
      title="Highest cells"
      about={`Of ${formats.formatCount(sweep.done - sweep.skipped)} that ran. The first has a deflated Sharpe ratio of ${deflated === null ? 'n/a' : shareText(formats, deflated)}, the others have less.`}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className={styles.scroll} aria-label="Highest cells" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col" data-text>
                Inputs
              </th>
              <th scope="col">{objectiveName(sweep.objective)}</th>
              {sweep.objective !== 'sharpe' && <th scope="col">Sharpe ratio</th>}
              <th scope="col">Return</th>
              <th scope="col">Drawdown</th>
              <th scope="col">Trades</th>
              <th scope="col">
                <span className={styles.hidden}>Run it</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {cells.map((cell) => (
              <tr key={cell.index}>
                <th scope="row">{inputsText(cell.inputs)}</th>
                <td>{number(cell.objective, (value) => objectiveText(sweep.objective, value, formats))}</td>
                {sweep.objective !== 'sharpe' && (
                  <td>{number(cell.sharpe, (value) => formats.formatFixed(value, 2))}</td>
                )}
                <td>{number(cell.total_return, formats.formatChange)}</td>
                <td>{number(cell.max_drawdown, (value) => shareText(formats, value))}</td>
                <td>{number(cell.trades, formats.formatCount)}</td>
                <td>
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`Run ${inputsText(cell.inputs)}`}
                    onClick={() => onOpen(cell)}
                  >
                    Run it
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  );
}
