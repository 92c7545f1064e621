import { Button } from '@mantine/core';
import { useMemo, useRef, useState } from 'react';
import { LatestIcon } from '@/components/icons';
import { StateDot } from '@/components/state-dot';
import type { HistoryItem, Instrument } from '@/lib/api/schemas';
import { useFormats } from '@/lib/formats';
import type { LiveStrategies } from '@/lib/lab/use-live-strategies';
import type { ChartLayout } from '@/lib/layouts/chart-layout';
import { instrumentId } from '@/lib/market/instrument';
import { recall, remember } from '@/lib/storage';
import type { UnixMs } from '@/lib/time';
import { durationMs, type Timeframe, timeframeName } from '@/lib/timeframe';
import { useServerNow } from '@/lib/use-now';
import type { ChartData } from './candle-feed';
import { ChartFoot } from './chart-foot';
import { handleKey } from './chart-keys';
import { ChartLegend } from './chart-legend';
import styles from './chart-panel.module.css';
import { countdownText } from './countdown';
import { EmptyChart } from './empty-chart';
import { type IndicatorActions, OverlayIndicators, PaneIndicators } from './indicator-legend';
import { OlderNotice } from './older-notice';
import { readAt } from './reading';
import { type PriceScale, ScaleButtons } from './scale-buttons';
import { SignalCard, turnWords } from './signal-card';
import { SignalLegend } from './signal-legend';
import { StrategyLegend, strategyMarks } from './strategy-legend';
import { useCandleChart } from './use-candle-chart';
import { useCandles } from './use-candles';
import { useIndicators } from './use-indicators';
import { useSignalLayer } from './use-signal-layer';
import type { PaneTops } from './watch-panes';

interface ChartPanelProps {
  readonly instrument: Instrument;
  readonly timeframe: Timeframe;
  readonly scheme: 'dark' | 'light';
  /** How far the history of this instrument and timeframe is fetched, where the server tells. */
  readonly history: HistoryItem | undefined;
  /** False while the last price may be old. */
  readonly live: boolean;
  /** Whether it stands in a page that scrolls. */
  readonly inPage?: boolean;
  /** What is on the chart besides the candles. */
  readonly layout: ChartLayout;
  readonly actions: IndicatorActions;
  /** Whether it is marked where the signals changed direction, and what switches that. */
  readonly signals: { readonly shown: boolean; readonly toggle: () => void };
  /** The strategies that run on these bars. */
  readonly strategies?: LiveStrategies;
}

/** Where a chart within a page has little room: its rows begin folded. */
const NARROW = '(max-width: 720px)';

/** The candle chart of one instrument with all that is said about it. */
export function ChartPanel(props: ChartPanelProps) {
  const { data, setWantOlder, retry } = useCandles(instrumentId(props.instrument), props.timeframe);
  const { zone } = useFormats();
  // The days of the time axis are those of the zone; another one takes another axis.
  return <LoadedChart key={zone.name} {...props} data={data} onWantOlder={setWantOlder} onRetry={retry} />;
}

function LoadedChart({
  instrument,
  timeframe,
  scheme,
  history,
  live,
  inPage = false,
  layout,
  actions,
  signals,
  strategies,
  data,
  onWantOlder,
  onRetry,
}: ChartPanelProps & { data: ChartData; onWantOlder: (want: boolean) => void; onRetry: () => void }) {
  const { series } = data;
  const formats = useFormats();
  const container = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<UnixMs | null>(null);
  const [atLatest, setAtLatest] = useState(true);
  const [byKeyboard, setByKeyboard] = useState(false);
  const [autoScale, setAutoScale] = useState(true);
  const [paneTops, setPaneTops] = useState<PaneTops>({});
  const [logarithmic, setLogarithmic] = useState(() => recall('price-scale') === 'logarithmic');
  const now = useServerNow(series.forming !== null);
  const countdown = live ? countdownText(series.forming, timeframe, now) : null;
  const reading = useMemo(() => readAt(series, cursor), [series, cursor]);
  // A lone forming bar is no chart while the closed ones are still on their way, or could not be loaded.
  const empty = series.bars.length === 0 && (series.forming === null || data.phase !== 'ready');

  const indicators = useIndicators(instrumentId(instrument), timeframe, layout.indicators, series);
  const layer = useSignalLayer(instrumentId(instrument), timeframe, series, signals.shown);
  const liveMarks = useMemo(() => strategyMarks(strategies), [strategies]);
  const turn = cursor === null ? undefined : layer.turns.find((one) => one.signal.bar_time === cursor);
  const controls = useCandleChart(container, {
    series,
    name: `${instrumentId(instrument)} ${timeframe}`,
    tickSize: instrument.tick_size,
    formats,
    scheme,
    live,
    logarithmic,
    countdown,
    inPage,
    indicators,
    marks: layer.marks,
    strategyMarks: liveMarks,
    panes: layout.panes,
    onPaneTops: setPaneTops,
    onPanes: actions.resize,
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

  const legend = { indicators, paneTops, cursor, tickSize: instrument.tick_size, actions };
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
            <OverlayIndicators {...legend} foldedAtFirst={inPage && matchMedia(NARROW).matches}>
              <SignalLegend
                layer={layer}
                series={series}
                timeframe={timeframe}
                cursor={cursor}
                onToggle={signals.toggle}
              />
              {strategies && <StrategyLegend live={strategies} tickSize={instrument.tick_size} />}
            </OverlayIndicators>
          )}
          {!empty && (
            <OlderNotice
              older={data.older}
              oldest={series.bars[0]?.time}
              barMs={durationMs(timeframe)}
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
        {!empty && <PaneIndicators {...legend} />}
        {turn && !empty && (
          <SignalCard
            key={turn.signal.bar_time}
            turn={turn}
            timeframe={timeframe}
            placeOf={controls.placeOf}
          />
        )}
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
            ? `${formats.formatOpen(reading.bar.time, durationMs(timeframe))}, close ${formats.formatPrice(reading.bar.close, instrument.tick_size)}`
            : ''}
          {byKeyboard && turn ? `. ${turnWords(turn, formats)}` : ''}
        </p>
      </div>
      <ChartFoot data={data} timeframe={timeframe} countdown={countdown} history={history} />
    </section>
  );
}
