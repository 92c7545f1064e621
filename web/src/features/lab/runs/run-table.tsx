import { ActionIcon, Checkbox, Menu } from '@mantine/core';
import { useState } from 'react';
import { GearIcon } from '@/components/icons';
import { Link } from '@/components/link';
import { When } from '@/components/when';
import { useFormats } from '@/lib/formats';
import { beginPath, runPath } from '@/lib/lab/lab-place';
import type { RunItem } from '@/lib/lab/run-schemas';
import { navigate } from '@/lib/location';
import { useServerNow } from '@/lib/use-now';
import styles from '../lab.module.css';
import { shareText } from '../result/figure-words';
import { MarketText } from '../symbols-text';
import { NameField } from './name-field';
import { RunBadges } from './run-badges';
import { RunFigures } from './run-figures';

/** Runs in rows. */
export function RunTable({
  runs,
  chosen,
  onChoose,
  onDelete,
}: {
  runs: readonly RunItem[];
  chosen: readonly string[];
  onChoose: (id: string, on: boolean) => void;
  onDelete: (run: RunItem) => void;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
    <section className={styles.scroll} aria-label="Runs" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" data-text>
              <span className={styles.hidden}>To compare</span>
            </th>
            <th scope="col" data-text>
              Run
            </th>
            <th scope="col" data-text>
              Market
            </th>
            <th scope="col" data-text>
              Period
            </th>
            <th scope="col">Return</th>
            <th scope="col">Held</th>
            <th scope="col">Drawdown</th>
            <th scope="col">Sharpe</th>
            <th scope="col">Trades</th>
            <th scope="col">Won</th>
            <th scope="col">Made</th>
            <th scope="col">
              <span className={styles.hidden}>What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Row
              key={run.id}
              run={run}
              chosen={chosen.includes(run.id)}
              onChoose={(on) => onChoose(run.id, on)}
              onDelete={() => onDelete(run)}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({
  run,
  chosen,
  onChoose,
  onDelete,
}: {
  run: RunItem;
  chosen: boolean;
  onChoose: (on: boolean) => void;
  onDelete: () => void;
}) {
  const formats = useFormats();
  const now = useServerNow(false);
  const [naming, setNaming] = useState(false);
  const name = run.name || run.strategy;
  const { summary } = run;
  const made = summary?.total_return ?? null;
  const share = (value: number | null | undefined) => (value == null ? 'n/a' : shareText(formats, value));
  return (
    <tr data-current={chosen || undefined}>
      <td data-text>
        <Checkbox
          size="xs"
          aria-label={`Compare ${name}`}
          checked={chosen}
          disabled={run.status !== 'done'}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      </td>
      <th scope="row" className={styles.named}>
        {naming ? (
          <NameField run={run} onDone={() => setNaming(false)} />
        ) : (
          <>
            <Link className={styles.link} href={runPath(run.id)}>
              {name}
            </Link>{' '}
            <RunBadges run={run} />
            {run.name && <div className={styles.dim}>{run.strategy}</div>}
            <div className={styles.narrow}>
              <MarketText symbol={run.symbol} timeframe={run.timeframe} /> · <RunFigures run={run} />
            </div>
          </>
        )}
      </th>
      <td data-text>
        <MarketText symbol={run.symbol} timeframe={run.timeframe} />
      </td>
      <td data-text className={styles.dim}>
        {run.from !== null ? formats.formatDay(run.from) : 'the first bar'} –{' '}
        {run.to !== null ? formats.formatDay(run.to) : 'the newest'}
      </td>
      {summary ? (
        <>
          <td data-tone={made === null || made === 0 ? undefined : made > 0 ? 'up' : 'down'}>
            {made === null ? 'n/a' : formats.formatChange(made)}
          </td>
          <td>
            {summary.buy_and_hold_return === null ? 'n/a' : formats.formatChange(summary.buy_and_hold_return)}
          </td>
          <td>{share(summary.max_drawdown)}</td>
          <td>{summary.sharpe === null ? 'n/a' : formats.formatFixed(summary.sharpe, 2)}</td>
          <td>{summary.trades === null ? 'n/a' : formats.formatCount(summary.trades)}</td>
          <td>{share(summary.win_rate)}</td>
        </>
      ) : (
        <td colSpan={6} data-absent data-text>
          {run.error?.message ??
            (run.status === 'running' ? `${Math.floor(run.progress * 100)}% done` : 'no result')}
        </td>
      )}
      <td>
        <When time={run.created_at} now={now} />
      </td>
      <td>
        <Menu position="bottom-end" shadow="md" returnFocus withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`What can be done with ${name}`}>
              <GearIcon />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item data-autofocus onClick={() => setNaming(true)}>
              {run.name ? 'Rename' : 'Name it'}
            </Menu.Item>
            <Menu.Item onClick={() => navigate(beginPath('test', { like: run.id }))}>
              Use as a start for a new one
            </Menu.Item>
            <Menu.Item onClick={onDelete}>Delete…</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </td>
    </tr>
  );
}
