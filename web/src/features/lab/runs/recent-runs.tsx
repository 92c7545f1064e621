import { Link } from '@/components/link';
import { MessagePanel } from '@/components/message-panel';
import { Section } from '@/components/page-frame';
import { When } from '@/components/when';
import { runPath } from '@/lib/lab/lab-place';
import { useRuns } from '@/lib/lab/use-lab';
import { useServerNow } from '@/lib/use-now';
import styles from '../lab.module.css';
import { SymbolsText } from '../symbols-text';
import { RunBadges } from './run-badges';
import { RunFigures } from './run-figures';

const SHOWN = 6;

/** Beside a test that was not run yet: what was run before. */
export function RecentRuns() {
  const { data } = useRuns('', null);
  const now = useServerNow(false);
  const runs = data?.items.slice(0, SHOWN) ?? [];
  return (
    <>
      <Section title="A new test">
        <MessagePanel title="Choose an idea and a market, and run it">
          Costs, gaps and the order of prices inside bars are counted in. What comes out is judged against
          buying and holding, against chance, and against all that you tried before.
        </MessagePanel>
      </Section>
      {runs.length > 0 && (
        <Section
          title="Run before"
          actions={
            <Link className={styles.link} href="/lab/runs">
              All runs
            </Link>
          }
        >
          <ul className={styles.cards}>
            {runs.map((run) => (
              <li key={run.id}>
                <div>
                  <Link className={styles.link} href={runPath(run.id)}>
                    {run.name || (
                      <>
                        {run.strategy} on <SymbolsText symbol={run.symbol} />
                      </>
                    )}
                  </Link>{' '}
                  <RunBadges run={run} />
                </div>
                <div className={styles.dim}>
                  {run.name && (
                    <>
                      {run.strategy} on <SymbolsText symbol={run.symbol} />,{' '}
                    </>
                  )}
                  {run.timeframe} · <RunFigures run={run} /> · <When time={run.created_at} now={now} />
                </div>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
