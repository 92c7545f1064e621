import { DirectionMark } from '@/components/direction-mark';
import { EyeIcon, HiddenIcon } from '@/components/icons';
import { StateDot } from '@/components/state-dot';
import { useFormats } from '@/lib/formats';
import { SIGNAL_TIMEFRAMES } from '@/lib/signals/direction';
import type { KeptSignal } from '@/lib/signals/schemas';
import { signalAt } from '@/lib/signals/turns';
import { regimeWords, scoreText } from '@/lib/signals/words';
import type { UnixMs } from '@/lib/time';
import { durationMs, type Timeframe, timeframeName } from '@/lib/timeframe';
import type { CandleSeries } from './candle-series';
import rows from './indicator-legend.module.css';
import styles from './signal-legend.module.css';
import type { SignalLayer } from './use-signal-layer';

/** A signal is there a moment after its bar has closed: one bar behind is not old. */
const BEHIND_BARS = 1;

/** The row of the signals: what was said at the bar under the cursor, else last, and the switch of their marks. */
export function SignalLegend({
  layer,
  series,
  timeframe,
  cursor,
  onToggle,
}: {
  layer: SignalLayer;
  series: CandleSeries;
  timeframe: Timeframe;
  cursor: UnixMs | null;
  onToggle: () => void;
}) {
  const { shown } = layer;
  return (
    <div
      className={rows.row}
      data-hidden={!shown || undefined}
      data-testid="signals-layer"
      data-marks={layer.marks.length}
    >
      <button
        type="button"
        className={styles.toggle}
        aria-pressed={shown}
        aria-label="Signals on the chart"
        title={shown ? 'Hide the signals' : 'Show where the signals changed direction'}
        onClick={onToggle}
      >
        {shown ? <EyeIcon /> : <HiddenIcon />}
        <span className={rows.name}>Signals</span>
      </button>
      {shown && <Said layer={layer} series={series} timeframe={timeframe} cursor={cursor} />}
    </div>
  );
}

function Said({
  layer,
  series,
  timeframe,
  cursor,
}: {
  layer: SignalLayer;
  series: CandleSeries;
  timeframe: Timeframe;
  cursor: UnixMs | null;
}) {
  const { kept, turns } = layer;
  if (layer.timeframe === null) {
    return (
      <span className={rows.quiet} title={`Scored are ${SIGNAL_TIMEFRAMES.join(', ')}`}>
        {timeframeName(timeframe)} is not scored
      </span>
    );
  }
  const last = kept.signals.at(-1);
  if (!last && kept.problem) {
    return (
      <span className={rows.problem} role="status" title={kept.problem.message}>
        <StateDot tone="bad" /> <span className={rows.words}>{kept.problem.message}</span>
      </span>
    );
  }
  if (!last) return <span className={rows.quiet}>{kept.loading ? 'loading…' : 'none kept yet'}</span>;
  if (cursor === null) return <Last signal={last} series={series} turned={turns.length > 0} />;
  const there = signalAt(kept.signals, cursor);
  if (there?.bar_time !== cursor) return <span className={rows.quiet}>none at this bar</span>;
  return <Figures signal={there} />;
}

function Figures({ signal }: { signal: KeptSignal }) {
  return (
    <span className={rows.values}>
      <span>
        <DirectionMark direction={signal.direction} /> {scoreText(signal.score)}
      </span>
      <span className={styles.regime}>{regimeWords(signal.regime)}</span>
    </span>
  );
}

/** What was said last; an old one says of which bar it is. */
function Last({ signal, series, turned }: { signal: KeptSignal; series: CandleSeries; turned: boolean }) {
  const formats = useFormats();
  const width = durationMs(series.timeframe);
  const closed = series.bars.at(-1)?.time ?? signal.bar_time;
  const old = signal.bar_time < closed - BEHIND_BARS * width;
  return (
    <>
      <span className={styles.last} data-old={old || undefined}>
        <Figures signal={signal} />
      </span>
      {old && <span className={rows.quiet}>of {formats.formatOpen(signal.bar_time, width)}</span>}
      {!old && !turned && <span className={styles.still}>no change of direction yet</span>}
    </>
  );
}
