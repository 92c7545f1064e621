import { Button } from '@mantine/core';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { LatestIcon } from '@/components/icons';
import { MessagePanel } from '@/components/message-panel';
import { StateDot } from '@/components/state-dot';
import type { HistoryItem, Instrument } from '@/lib/api/schemas';
import { formatCount, formatPrice, formatShare } from '@/lib/format';
import { instrumentId } from '@/lib/market/instrument';
import { recall, remember } from '@/lib/storage';
import { formatDay, formatOpen, type UnixMs } from '@/lib/time';
import { durationMs, type Timeframe, timeframeName } from '@/lib/timeframe';
import { useServerNow } from '@/lib/use-now';
import type { ChartData } from './candle-feed';
import { findGaps } from './candle-series';
import { ChartLegend } from './chart-legend';
import styles from './chart-panel.module.css';
import { countdownText } from './countdown';
import { OlderNotice } from './older-notice';
import { readAt } from './reading';
import { type PriceScale, ScaleButtons } from './scale-buttons';
import { type CandleChartControls, useCandleChart } from './use-candle-chart';
import { useCandles } from './use-candles';

interface ChartPanelProps {
  readonly instrument: Instrument;
  readonly timeframe: Timeframe;
  readonly scheme: 'dark' | 'light';
  /** How far the history of this instrument and timeframe is fetched, where the server tells. */
  readonly history: HistoryItem | undefined;
  /** False while the last price may be old. */
  readonly live: boolean;
}

/** The candle chart of one instrument with all that is said about it. */
export function ChartPanel(props: ChartPanelProps) {
  const { data, setWantOlder, retry } = useCandles(instrumentId(props.instrument), props.timeframe);
  return <LoadedChart {...props} data={data} onWantOlder={setWantOlder} onRetry={retry} />;
}

function LoadedChart({
  instrument,
  timeframe,
  scheme,
  history,
  live,
  data,
  onWantOlder,
  onRetry,
}: ChartPanelProps & { data: ChartData; onWantOlder: (want: boolean) => void; onRetry: () => void }) {
  const { series } = data;
  const container = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<UnixMs | null>(null);
  const [atLatest, setAtLatest] = useState(true);
  const [byKeyboard, setByKeyboard] = useState(false);
  const [autoScale, setAutoScale] = useState(true);
  const [logarithmic, setLogarithmic] = useState(() => recall('price-scale') === 'logarithmic');
  const now = useServerNow(series.forming !== null);
  const countdown = live ? countdownText(series.forming, timeframe, now) : null;
  const reading = useMemo(() => readAt(series, cursor), [series, cursor]);
  // A lone forming bar is no chart while the closed ones are still on their way, or could not be loaded.
  const empty = series.bars.length === 0 && (series.forming === null || data.phase !== 'ready');

  const controls = useCandleChart(container, {
    series,
    name: `${instrumentId(instrument)} ${timeframe}`,
    tickSize: instrument.tick_size,
    scheme,
    live,
    logarithmic,
    countdown,
    onWantOlder,
    onCursor: setCursor,
    onAtLatest: setAtLatest,
    onAutoScale: setAutoScale,
  });
  const scale: PriceScale = {
    autoScale,
    logarithmic,
    toggleAuto: () => controls.setAutoScale(!autoScale),
    toggleLogarithmic: () => {
      setLogarithmic(!logarithmic);
      remember('price-scale', logarithmic ? 'linear' : 'logarithmic');
    },
  };

  const title = `${instrument.base}/${instrument.quote}, ${timeframeName(timeframe)} candles`;
  return (
    <section className={styles.panel} aria-label={title}>
      <div className={styles.stage}>
        <div
          ref={container}
          id="chart"
          className={styles.canvas}
          role="application"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: keys read and move the chart
          tabIndex={0}
          aria-label={`${title}. Left and right arrow read bar by bar.`}
          data-bars={series.bars.length}
          data-oldest={series.bars[0]?.time}
          onKeyDown={(event) => {
            if (handleKey(event, controls, scale)) setByKeyboard(true);
          }}
          onPointerMove={() => setByKeyboard(false)}
        />
        <div className={styles.overlay}>
          <ChartLegend reading={reading} tickSize={instrument.tick_size} timeframe={timeframe} />
          {!empty && (
            <OlderNotice
              older={data.older}
              oldest={series.bars[0]?.time}
              venue={instrument.venue}
              onRetry={onRetry}
            />
          )}
          {data.problem && !empty && (
            <div className={styles.problem} role="alert">
              <StateDot tone="bad" /> The newest bars could not be loaded: {data.problem.message}
            </div>
          )}
        </div>
        {empty && (
          <div className={styles.cover}>
            <EmptyChart data={data} instrument={instrument} history={history} onRetry={onRetry} />
          </div>
        )}
        {!atLatest && !empty && (
          <Button
            className={styles.latest ?? ''}
            size="compact-sm"
            variant="default"
            rightSection={<LatestIcon />}
            onClick={controls.toLatest}
          >
            Newest bar
          </Button>
        )}
        {!empty && <ScaleButtons scale={scale} />}
        <p className={styles.spoken} aria-live="polite">
          {byKeyboard && cursor !== null && reading?.kind === 'bar'
            ? `${formatOpen(reading.bar.time, durationMs(timeframe))}, close ${formatPrice(reading.bar.close, instrument.tick_size)}`
            : ''}
        </p>
      </div>
      <ChartFoot data={data} timeframe={timeframe} countdown={countdown} history={history} />
    </section>
  );
}

const SHIFTED_BARS = 20;

function toSide(controls: CandleChartControls, side: 1 | -1, shift: boolean): void {
  if (shift) controls.pan(side * SHIFTED_BARS);
  else controls.moveCursor(side);
}

const CHART_KEYS: Readonly<Record<string, (controls: CandleChartControls, shift: boolean) => void>> = {
  ArrowLeft: (controls, shift) => toSide(controls, -1, shift),
  ArrowRight: (controls, shift) => toSide(controls, 1, shift),
  '+': (controls) => controls.zoom(0.8),
  '=': (controls) => controls.zoom(0.8),
  '-': (controls) => controls.zoom(1.25),
  Home: (controls) => controls.toOldest(),
  End: (controls) => controls.toLatest(),
  Escape: (controls) => controls.clearCursor(),
};

function handleKey(event: KeyboardEvent, controls: CandleChartControls, scale: PriceScale): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const toggle = { a: scale.toggleAuto, l: scale.toggleLogarithmic }[event.key.toLowerCase()];
  if (toggle) {
    event.preventDefault();
    toggle();
    return true;
  }
  const action = CHART_KEYS[event.key];
  if (!action) return false;
  event.preventDefault();
  action(controls, event.shiftKey);
  return true;
}

function EmptyChart({
  data,
  instrument,
  history,
  onRetry,
}: {
  data: ChartData;
  instrument: Instrument;
  history: HistoryItem | undefined;
  onRetry: () => void;
}) {
  const { phase, problem, series } = data;
  if (phase === 'loading')
    return <MessagePanel title="Loading candles…">The chart appears in a moment.</MessagePanel>;
  if (phase === 'failed' && problem) {
    return (
      <MessagePanel
        role="alert"
        title="The candles could not be loaded"
        actions={
          <Button size="xs" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {problem.message}
      </MessagePanel>
    );
  }
  if (series.backfill.state === 'none') {
    return (
      <MessagePanel title="No candles are stored">
        Nothing of {instrument.symbol} is stored in this timeframe, and nobody fetches it. Import a file with
        “candlewick import”, or choose another timeframe.
      </MessagePanel>
    );
  }
  return (
    <MessagePanel title="Fetching history">
      The server is fetching the candles of {instrument.symbol} from {instrument.venue}
      {history && history.state === 'running' ? ` (${formatShare(history.progress)} done)` : ''}. They appear
      here as they come.
    </MessagePanel>
  );
}

/** One quiet line under the chart: what is loaded, what is missing, what comes next. */
function ChartFoot({
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
          {formatCount(bars.length)} bars since {formatDay(first.time)}
        </span>
      )}
      {gaps > 0 && (
        <span className={styles.gaps}>
          {formatCount(gaps)} {gaps === 1 ? 'gap' : 'gaps'}, hatched
        </span>
      )}
      {history && history.state !== 'done' && <HistoryState history={history} />}
      <span className={styles.zone}>Times in UTC</span>
      <a className={styles.credit} href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
        Charts by TradingView
      </a>
    </div>
  );
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
