import { NativeSelect } from '@mantine/core';
import { Link } from '@/components/link';
import { strategyPath } from '@/lib/lab/lab-place';
import type { StrategyItem } from '@/lib/lab/strategy-schemas';
import { timeframeName } from '@/lib/timeframe';
import styles from './form.module.css';
import { splitIdea } from './strategy-words';

/** Which strategy, with what it is about and when it fails. */
export function StrategyField({
  value,
  strategies,
  unkept,
  error,
  onChange,
}: {
  value: string;
  strategies: readonly StrategyItem[];
  /** It is the text of a run, and not kept. */
  unkept: boolean;
  error: string | undefined;
  onChange: (name: string) => void;
}) {
  const chosen = unkept ? undefined : strategies.find((one) => one.name === value);
  const [shipped, own] = [
    strategies.filter((one) => one.built_in),
    strategies.filter((one) => !one.built_in),
  ];
  const options = (list: readonly StrategyItem[]) =>
    list.map((one) => (
      <option key={one.name} value={one.name}>
        {one.title || one.name}
      </option>
    ));
  return (
    <div>
      <NativeSelect
        label="Strategy"
        size="xs"
        value={chosen ? chosen.name : value}
        error={error}
        errorProps={{ role: 'alert' }}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {!chosen && <option value={value}>{unkept ? `${value} (as it was run)` : value || '…'}</option>}
        {own.length > 0 && <optgroup label="Your own">{options(own)}</optgroup>}
        <optgroup label="Shipped">{options(shipped)}</optgroup>
      </NativeSelect>
      {chosen && <Idea strategy={chosen} />}
      {unkept && (
        <p className={styles.fine}>
          The document that this run was made of is not kept; it is run as it was.
        </p>
      )}
    </div>
  );
}

function Idea({ strategy }: { strategy: StrategyItem }) {
  const { idea, fails } = splitIdea(strategy.description);
  return (
    <div className={styles.idea}>
      {idea && <p>{idea}</p>}
      {fails && (
        <p>
          <b>When it fails.</b> {fails}
        </p>
      )}
      <p className={styles.fine}>
        Made for {timeframeName(strategy.timeframe)} bars
        {strategy.tags.length > 0 && ` · ${strategy.tags.join(', ')}`} ·{' '}
        <Link href={strategyPath(strategy.name)}>
          {strategy.built_in ? 'its document' : `edit version ${strategy.version ?? '?'}`}
        </Link>
      </p>
    </div>
  );
}
