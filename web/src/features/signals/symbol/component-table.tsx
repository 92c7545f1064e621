import type { CSSProperties } from 'react';
import { useFormats } from '@/lib/formats';
import type { SignalTimeframe } from '@/lib/signals/direction';
import type { SignalComponent } from '@/lib/signals/schemas';
import { percent, points } from '@/lib/signals/words';
import { timeframeName } from '@/lib/timeframe';
import styles from './timeframe-table.module.css';

/** The indicators that vote on one timeframe, those that weigh most in the score first. */
export function ComponentTable({
  timeframe,
  components,
}: {
  timeframe: SignalTimeframe;
  components: readonly SignalComponent[];
}) {
  const byPoints = [...components].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  return (
    <table className={styles.components}>
      <caption>
        Components of {timeframeName(timeframe)}: points before the longer timeframes have their say
      </caption>
      <thead>
        <tr>
          <th scope="col">Component</th>
          <th scope="col">Family</th>
          <th scope="col">Value</th>
          <th scope="col">Vote</th>
          <th scope="col">Weight</th>
          <th scope="col">Points</th>
        </tr>
      </thead>
      <tbody>
        {byPoints.map((component) => (
          <Component key={component.name} component={component} />
        ))}
      </tbody>
    </table>
  );
}

function Component({ component }: { component: SignalComponent }) {
  const formats = useFormats();
  const { name, family, value, vote, weight, contribution, reason } = component;
  const shown = value === null ? '–' : formats.formatReading(value);
  return (
    <tr>
      <th scope="row">
        {name}
        <span className={styles.reason}>{reason}</span>
        <span className={styles.small}>
          {family} · {shown}
        </span>
      </th>
      <td>{family}</td>
      <td>{shown}</td>
      <td>{vote === null ? <span className={styles.short}>no vote</span> : <Vote vote={vote} />}</td>
      <td>{percent(formats, weight)}</td>
      <td>{points(formats, contribution)}</td>
    </tr>
  );
}

/** From -1, all for selling, to 1, all for buying. */
function Vote({ vote }: { vote: number }) {
  const formats = useFormats();
  const tone = vote > 0 ? 'up' : vote < 0 ? 'down' : 'flat';
  const size = { '--size': Math.abs(vote) } as CSSProperties;
  const text = formats.formatFixed(vote, 2);
  return (
    <span className={styles.vote}>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.voteBar} data-tone={tone} style={size} />
      </span>
      <span>{vote > 0 ? `+${text}` : text}</span>
    </span>
  );
}
