import { Fragment } from 'react';
import { DirectionMark } from '@/components/direction-mark';
import { ChevronIcon } from '@/components/icons';
import { useFormats } from '@/lib/formats';
import { ratingDirection, type SignalTimeframe } from '@/lib/signals/direction';
import type { TimeframeSignal } from '@/lib/signals/schemas';
import { percent, regimeWords, scoreText } from '@/lib/signals/words';
import { durationMs } from '@/lib/timeframe';
import { ComponentTable } from './component-table';
import styles from './timeframe-table.module.css';

/** Each timeframe a row, which opens into its components. */
export function TimeframeTable({
  timeframes,
  lead,
  opened,
  onOpen,
}: {
  timeframes: readonly TimeframeSignal[];
  lead: SignalTimeframe | null;
  opened: SignalTimeframe | null;
  onOpen: (timeframe: SignalTimeframe | null) => void;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
    <section className={styles.scroll} aria-label="Signals by timeframe" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Timeframe</th>
            <th scope="col">Score</th>
            <th scope="col">Trend</th>
            <th scope="col">TradingView</th>
            <th scope="col">Confidence</th>
            <th scope="col">Patterns</th>
          </tr>
        </thead>
        <tbody>
          {timeframes.map((signal) => (
            <Timeframe
              key={signal.timeframe}
              signal={signal}
              leads={signal.timeframe === lead}
              open={signal.timeframe === opened}
              onOpen={onOpen}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

const TRENDS = { up: '▲ up', down: '▼ down', sideways: '– sideways' } as const;

function Timeframe({
  signal,
  leads,
  open,
  onOpen,
}: {
  signal: TimeframeSignal;
  leads: boolean;
  open: boolean;
  onOpen: (timeframe: SignalTimeframe | null) => void;
}) {
  const formats = useFormats();
  const { timeframe, status, bars, bars_needed, bar_time } = signal;
  const details = `components-${timeframe}`;
  const about =
    bar_time === null ? undefined : `Bar of ${formats.formatOpen(bar_time, durationMs(timeframe))}`;
  return (
    <Fragment>
      <tr>
        <th scope="row" title={about}>
          {status === 'ready' ? (
            <button
              type="button"
              className={styles.open}
              aria-expanded={open}
              aria-controls={open ? details : undefined}
              aria-label={`${timeframe} components`}
              onClick={() => onOpen(open ? null : timeframe)}
            >
              <ChevronIcon />
              {timeframe}
            </button>
          ) : (
            <span className={styles.closed}>{timeframe}</span>
          )}
          {leads && <span className={styles.leads}>leads</span>}
        </th>
        {status === 'ready' ? (
          <Ready signal={signal} />
        ) : (
          <td colSpan={5} className={styles.short}>
            not enough history: {formats.formatCount(bars)} of {formats.formatCount(bars_needed)} bars
          </td>
        )}
      </tr>
      {open && status === 'ready' && (
        <tr className={styles.details} id={details}>
          <td colSpan={6}>
            <ComponentTable timeframe={timeframe} components={signal.components} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function Ready({ signal }: { signal: TimeframeSignal }) {
  const formats = useFormats();
  return (
    <>
      <td>
        <b className={styles.score}>{scoreText(signal.score)}</b>{' '}
        <DirectionMark direction={signal.direction} />
      </td>
      <td>
        {signal.trend === null ? '–' : TRENDS[signal.trend]}{' '}
        {signal.regime && <span className={styles.regime}>{regimeWords(signal.regime)}</span>}
      </td>
      <td>
        {signal.rating_tradingview === null ? (
          <span className={styles.short}>none</span>
        ) : (
          <>
            <DirectionMark direction={ratingDirection(signal.rating_tradingview)} />{' '}
            <span className={styles.regime}>{formats.formatFixed(signal.rating_tradingview, 2)}</span>
          </>
        )}
      </td>
      <td>{signal.confidence === null ? '–' : percent(formats, signal.confidence)}</td>
      <td>
        {signal.patterns.length === 0 ? (
          <span className={styles.short}>none</span>
        ) : (
          <ul className={styles.patterns}>
            {signal.patterns.map((pattern) => (
              <li key={pattern}>{pattern}</li>
            ))}
          </ul>
        )}
      </td>
    </>
  );
}
