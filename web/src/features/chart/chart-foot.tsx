import { useMemo } from 'react';
import { StateDot } from '@/components/state-dot';
import type { HistoryItem } from '@/lib/api/schemas';
import { useFormats } from '@/lib/formats';
import { formatShare } from '@/lib/numbers';
import type { UnixMs } from '@/lib/time';
import { durationMs, type Timeframe } from '@/lib/timeframe';
import { useServerNow } from '@/lib/use-now';
import type { Zone } from '@/lib/zone';
import type { ChartData } from './candle-feed';
import { findGaps } from './candle-series';
import styles from './chart-panel.module.css';

/** One quiet line under the chart: what is loaded, what is missing, what comes next. */
export function ChartFoot({
  data,
  timeframe,
  countdown,
  history,
}: {
  data: ChartData;
  timeframe: Timeframe;
  countdown: string | null;
  history: HistoryItem | undefined;
}) {
  const { bars } = data.series;
  const { formatCount, formatDay, zone } = useFormats();
  const now = useServerNow(false);
  const gaps = useMemo(() => findGaps(data.series).length, [data.series]);
  const first = bars[0];
  return (
    <div className={styles.foot}>
      {countdown && (
        <span>
          {timeframe} bar closes in <b className={styles.number}>{countdown}</b>
        </span>
      )}
      {first && (
        <span>
          {formatCount(bars.length)} bars since {formatDay(first.time, durationMs(timeframe))}
        </span>
      )}
      {gaps > 0 && (
        <span className={styles.gaps}>
          {formatCount(gaps)} {gaps === 1 ? 'gap' : 'gaps'}, hatched
        </span>
      )}
      {history && history.state !== 'done' && <HistoryState history={history} />}
      <span className={styles.zone}>{zoneWords(zone, now)}</span>
      <a className={styles.credit} href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
        Charts by TradingView
      </a>
    </div>
  );
}

/** Which clock the chart goes by; the same zone is further ahead of UTC in summer. */
function zoneWords(zone: Zone, now: UnixMs): string {
  const offset = zone.offsetText(now);
  return offset === 'UTC' ? 'Times in UTC' : `Times in ${zone.name.replaceAll('_', ' ')} (${offset})`;
}

function HistoryState({ history }: { history: HistoryItem }) {
  if (history.state === 'failed') {
    return (
      <span className={styles.gaps}>
        <StateDot tone="bad" /> History stopped at {formatShare(history.progress)}
        {history.detail ? `: ${history.detail}` : ''}
      </span>
    );
  }
  return (
    <span>
      <StateDot tone="busy" /> {history.state === 'queued' ? 'History waits its turn' : 'Fetching history'},{' '}
      {formatShare(history.progress)}
    </span>
  );
}
