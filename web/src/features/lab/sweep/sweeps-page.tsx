import { Button } from '@mantine/core';
import { Link } from '@/components/link';
import { MessagePanel } from '@/components/message-panel';
import { NotLoaded } from '@/components/not-loaded';
import { PageFrame, Section } from '@/components/page-frame';
import { When } from '@/components/when';
import { type Formats, useFormats } from '@/lib/formats';
import { labLinks, sweepPath } from '@/lib/lab/lab-place';
import type { SweepItem } from '@/lib/lab/sweep-schemas';
import { useSweeps } from '@/lib/lab/use-lab';
import { useServerNow } from '@/lib/use-now';
import styles from '../lab.module.css';
import { shareText } from '../result/figure-words';
import { RunBadges } from '../runs/run-badges';
import { MarketText } from '../symbols-text';
import { inputsText, objectiveName, objectiveText } from './sweep-words';

function highestWords({ best, objective }: SweepItem, formats: Formats): string {
  if (!best) return '';
  const inputs = inputsText(best.inputs);
  return best.objective === null
    ? inputs
    : `${inputs}: ${objectiveName(objective)} ${objectiveText(objective, best.objective, formats)}`;
}

function deflatedText({ best }: SweepItem, formats: Formats): string {
  return best?.deflated_sharpe == null ? 'n/a' : shareText(formats, best.deflated_sharpe);
}

/** The sweeps that are kept. */
export function SweepsPage() {
  const sweeps = useSweeps();
  const formats = useFormats();
  const now = useServerNow(false);
  const { data, error } = sweeps;
  return (
    <PageFrame title="Lab" links={labLinks('sweeps')} wide="most">
      <Section
        title="Sweeps"
        about="A strategy with many values of its inputs. The highest is told with what is left of it after so many trials."
        actions={
          <Button component={Link} href="/lab/sweep" size="xs">
            New sweep
          </Button>
        }
      >
        {error && !data && (
          <NotLoaded title="The sweeps could not be loaded" problem={error} onRetry={sweeps.refetch} />
        )}
        {!data && !error && <MessagePanel title="Loading the sweeps…">One moment.</MessagePanel>}
        {data?.length === 0 && (
          <MessagePanel title="No sweeps yet">Each sweep that you run is listed here.</MessagePanel>
        )}
        {data && data.length > 0 && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
          <section className={styles.scroll} aria-label="Sweeps" tabIndex={0}>
            <table className={styles.table} data-folds>
              <thead>
                <tr>
                  <th scope="col" data-text>
                    Sweep
                  </th>
                  <th scope="col" data-text>
                    Market
                  </th>
                  <th scope="col" data-text>
                    Inputs
                  </th>
                  <th scope="col">Cells</th>
                  <th scope="col" data-text>
                    Highest
                  </th>
                  <th scope="col">Deflated Sharpe</th>
                  <th scope="col">Trials</th>
                  <th scope="col">Made</th>
                </tr>
              </thead>
              <tbody>
                {data.map((one) => (
                  <tr key={one.id}>
                    <th scope="row" className={styles.named}>
                      <Link className={styles.link} href={sweepPath(one.id)}>
                        {one.name || one.strategy}
                      </Link>{' '}
                      <RunBadges run={{ ...one, live: false }} />
                      <div className={styles.narrow}>
                        <MarketText symbol={one.symbol} timeframe={one.timeframe} /> ·{' '}
                        {formats.formatCount(one.done)} of {formats.formatCount(one.total)} cells
                        {one.best
                          ? ` · highest ${highestWords(one, formats)}, deflated Sharpe ${deflatedText(one, formats)}`
                          : one.error && ` · ${one.error.message}`}
                      </div>
                    </th>
                    <td data-text>
                      <MarketText symbol={one.symbol} timeframe={one.timeframe} />
                    </td>
                    <td data-text>{one.axes.map((axis) => axis.name).join(', ')}</td>
                    <td>
                      {formats.formatCount(one.done)} / {formats.formatCount(one.total)}
                    </td>
                    {one.best ? (
                      <>
                        <td data-text>{highestWords(one, formats)}</td>
                        <td>{deflatedText(one, formats)}</td>
                        <td>{formats.formatCount(one.best.trials)}</td>
                      </>
                    ) : (
                      <td colSpan={3} data-absent data-text>
                        {one.error?.message ?? 'none yet'}
                      </td>
                    )}
                    <td>
                      <When time={one.created_at} now={now} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </Section>
    </PageFrame>
  );
}
