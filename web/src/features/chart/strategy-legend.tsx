import { Link } from '@/components/link';
import { useFormats } from '@/lib/formats';
import { runPath } from '@/lib/lab/lab-place';
import type { LiveStrategies, LiveStrategy } from '@/lib/lab/use-live-strategies';
import rows from './indicator-legend.module.css';
import styles from './strategy-legend.module.css';
import type { StrategyMark } from './strategy-primitive';

const titleOf = ({ run }: LiveStrategy) => run.name || run.strategy;

const NONE: readonly StrategyMark[] = [];

/** What is drawn of the strategies, each with the name of its run. */
export function strategyMarks(live: LiveStrategies | undefined): readonly StrategyMark[] {
  if (!live || live.events.length === 0) return NONE;
  const names = new Map(live.strategies.map((one) => [one.run.id, titleOf(one)]));
  return live.events.map((event) => ({ event, name: names.get(event.run) ?? event.strategy }));
}

/** A row for each strategy that runs on these bars: what it holds, and the way to its run. */
export function StrategyLegend({ live, tickSize }: { live: LiveStrategies; tickSize: string }) {
  return live.strategies.map((one) => (
    <div key={one.run.id} className={rows.row} data-testid="live-strategy">
      <Link href={runPath(one.run.id)} className={styles.name} title="The run that it comes from">
        {titleOf(one)}
      </Link>
      <Held strategy={one} tickSize={tickSize} />
    </div>
  ));
}

const SIGNS = { long: '▲ long', short: '▼ short', flat: 'flat' } as const;

function Held({ strategy: { position, last }, tickSize }: { strategy: LiveStrategy; tickSize: string }) {
  const formats = useFormats();
  const price = (value: number) => formats.formatPrice(value, tickSize);
  if (last) {
    const held = last.event === 'entry' ? last.side : 'flat';
    return (
      <span>
        {SIGNS[held]}{' '}
        <span className={styles.dim}>
          since {formats.formatMoment(last.bar_time)} at {price(last.price)}
          {last.reason && ` (${last.reason.replaceAll('_', ' ')})`}
        </span>
      </span>
    );
  }
  if (!position) return <span className={styles.dim}>runs; nothing was done yet</span>;
  const { since, entry_price: entry, stop, target } = position;
  const parts = [
    since == null ? null : `since ${formats.formatMoment(since)}`,
    entry == null ? null : `at ${price(entry)}`,
    stop == null ? null : `stop ${price(stop)}`,
    target == null ? null : `target ${price(target)}`,
  ].filter((one) => one !== null);
  return (
    <span>
      {SIGNS[position.position]} <span className={styles.dim}>{parts.join(', ')}</span>
    </span>
  );
}
