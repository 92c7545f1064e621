import { DirectionMark } from '@/components/direction-mark';
import { useFormats } from '@/lib/formats';
import { DIRECTIONS } from '@/lib/signals/direction';
import type { SignalBand, SignalRecord, SignalWorth } from '@/lib/signals/schemas';
import { percent } from '@/lib/signals/words';
import styles from './record.module.css';
import { BAND_SCORES } from './verdict-words';

/** The strongest buy first, as one reads the scale from its top. */
const BANDS = [...DIRECTIONS].reverse();
/** What each band was worth, beside what would have come of no signals, of another's, and of a coin. */
export function RecordTable({ record }: { record: SignalRecord }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
    <section className={styles.scroll} aria-label="Track record by band" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Band</th>
            <th scope="col">Signals</th>
            <th scope="col">Paid</th>
            <th scope="col" title="Where the true share lies, with 95 % certainty (Wilson)">
              Interval
            </th>
            <th scope="col" title="Mean return after costs">
              Mean
            </th>
            <th scope="col">Always long</th>
            <th scope="col" title="Where its rating was beyond 0.1">
              TradingView
            </th>
            <th scope="col" title="What a fair coin is expected to be worth">
              Coin
            </th>
          </tr>
        </thead>
        <tbody>
          {BANDS.map((name) => (
            <tr key={name}>
              <th scope="row">
                <DirectionMark direction={name} /> <span className={styles.scores}>{BAND_SCORES[name]}</span>
              </th>
              <Cells band={record.bands[name]} neutral={name === 'neutral'} />
            </tr>
          ))}
          <tr className={styles.all}>
            <th scope="row">all buys and sells</th>
            <Cells band={record.all} neutral={false} />
          </tr>
        </tbody>
      </table>
    </section>
  );
}

function Cells({ band, neutral }: { band: SignalBand; neutral: boolean }) {
  const formats = useFormats();
  const { n, hit_rate, interval, mean_return, baselines } = band;
  return (
    <>
      <td>{formats.formatCount(n)}</td>
      {hit_rate === null ? (
        <td colSpan={3} className={styles.absent}>
          {neutral ? 'nothing is traded' : 'not enough history'}
        </td>
      ) : (
        <>
          <td>
            <b>{percent(formats, hit_rate, 1)}</b>
          </td>
          <td>
            {interval === null ? '–' : `${percent(formats, interval[0])} to ${percent(formats, interval[1])}`}
          </td>
          <td>{mean_return === null ? '–' : formats.formatChange(mean_return)}</td>
        </>
      )}
      <Worth worth={baselines.always_long} />
      <Worth worth={baselines.tradingview} />
      <Worth worth={baselines.coin} />
    </>
  );
}

function Worth({ worth }: { worth: SignalWorth }) {
  const formats = useFormats();
  if (worth.hit_rate === null) return <td className={styles.absent}>–</td>;
  return (
    <td title={`Of ${formats.formatCount(worth.n)}`}>
      {percent(formats, worth.hit_rate, 1)}
      {worth.mean_return !== null && (
        <span className={styles.scores}> {formats.formatChange(worth.mean_return)}</span>
      )}
    </td>
  );
}
