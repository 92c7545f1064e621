import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { SignalsIcon } from '@/components/icons';
import { SignalBadge } from '@/components/signal-badge';
import { ChartPanel } from '@/features/chart/chart-panel';
import { QuoteStrip } from '@/features/chart/quote-strip';
import { TimeframeBar } from '@/features/chart/timeframe-bar';
import { ChartTools } from '@/features/indicators/chart-tools';
import type { Opened } from '@/features/indicators/indicator-dialog';
import type { Instrument } from '@/lib/api/schemas';
import { useFormats } from '@/lib/formats';
import { useLiveStrategies } from '@/lib/lab/use-live-strategies';
import { withChange, withIndicator, withoutIndicator } from '@/lib/layouts/chart-layout';
import { useChartLayout } from '@/lib/layouts/use-chart-layout';
import { signalsPath } from '@/lib/location';
import { instrumentId, shortName } from '@/lib/market/instrument';
import { useInstruments } from '@/lib/market/use-instruments';
import { useStaleReason } from '@/lib/market/use-live';
import { useMarketStatus } from '@/lib/market/use-market-status';
import { useTicker } from '@/lib/market/use-tickers';
import type { SignalSummary } from '@/lib/signals/schemas';
import { recall, remember } from '@/lib/storage';
import type { Timeframe } from '@/lib/timeframe';
import styles from './desk.module.css';
import { useNarrow } from './use-narrow';
import { useShortcuts } from './use-shortcuts';

const IndicatorDialog = lazy(async () => ({
  default: (await import('@/features/indicators/indicator-dialog')).IndicatorDialog,
}));

/** The chart of one instrument with its price above and its tools. */
export function DeskChart({
  instrument,
  timeframe,
  scheme,
  signal,
  onTimeframe,
}: {
  instrument: Instrument;
  timeframe: Timeframe;
  scheme: 'dark' | 'light';
  /** What its signals say: null where they say nothing, undefined while that is not known. */
  signal: SignalSummary | null | undefined;
  onTimeframe: (timeframe: Timeframe) => void;
}) {
  const { data: status } = useMarketStatus();
  const silent = useStaleReason();
  const ticker = useTicker(instrument);
  const narrow = useNarrow();
  const market = status?.market ?? 'live';
  const { data: all = [] } = useInstruments();
  const name = shortName(instrument, all);
  const stale = instrument.followed ? silent : 'not followed: last stored bar';
  useTitle(instrument, ticker?.price ?? null, market, silent);

  const layout = useChartLayout();
  const { change } = layout;
  const [opened, setOpened] = useState<Opened | null>(null);
  // The dialog is loaded when it is first asked for, and then stays.
  const [asked, setAsked] = useState(false);
  const open = (what: Opened) => {
    setAsked(true);
    setOpened(what);
  };
  useShortcuts({ i: () => open({ kind: 'new' }) });
  const { indicators } = layout.layout;
  const actions = useMemo(
    () => ({
      change: (id: string, part: Parameters<typeof withChange>[2]) =>
        change((known) => withChange(known, id, part)),
      remove: (id: string) => change((known) => withoutIndicator(known, id)),
      resize: (panes: Readonly<Record<string, number>>) => change((known) => ({ ...known, panes })),
    }),
    [change],
  );
  const configure = (id: string) => {
    const indicator = indicators.find((one) => one.id === id);
    if (indicator) open({ kind: 'change', indicator });
  };

  const marks = useRememberedSwitch('signal-marks');
  const strategies = useLiveStrategies(instrumentId(instrument), timeframe);

  const history = status?.history.find(
    (item) =>
      item.symbol === instrument.symbol && item.venue === instrument.venue && item.timeframe === timeframe,
  );
  return (
    <>
      <QuoteStrip instrument={instrument} ticker={ticker} market={market} stale={stale} />
      <div className={styles.tools}>
        <TimeframeBar value={timeframe} available={instrument.timeframes} onChange={onTimeframe} />
        <SignalBadge name={name} href={signalsPath(name)} signal={signal} className={styles.signals}>
          <SignalsIcon />
          <span className={styles.signalsName}>Signals</span>
        </SignalBadge>
        <ChartTools state={layout} onIndicators={() => open({ kind: 'new' })} />
      </div>
      <ChartPanel
        instrument={instrument}
        timeframe={timeframe}
        scheme={scheme}
        history={history}
        live={stale === null}
        layout={layout.layout}
        actions={{ ...actions, configure }}
        signals={marks}
        strategies={strategies}
      />
      <Suspense>
        {asked && (
          <IndicatorDialog
            opened={opened}
            onClose={() => setOpened(null)}
            indicators={indicators}
            context={{ timeframe, symbol: instrumentId(instrument) }}
            narrow={narrow}
            onAdd={(wanted) => change((known) => withIndicator(known, wanted))}
            onChange={actions.change}
            onRemove={actions.remove}
          />
        )}
      </Suspense>
    </>
  );
}

/** A switch that the browser remembers; on at first. */
function useRememberedSwitch(name: string): { shown: boolean; toggle: () => void } {
  const [shown, setShown] = useState(() => recall(name) !== 'off');
  const toggle = () => {
    setShown(!shown);
    remember(name, shown ? 'off' : 'on');
  };
  return { shown, toggle };
}

/** The price in the window's title, with what it must not be without. */
function useTitle(instrument: Instrument, price: number | null, market: string, silent: string | null): void {
  const { formatPrice } = useFormats();
  useEffect(() => {
    const shown = price === null ? '' : `${formatPrice(price, instrument.tick_size)} `;
    const marks = [market === 'live' ? '' : market, silent ?? ''].filter((mark) => mark !== '');
    const mark = marks.length > 0 ? ` (${marks.join(', ')})` : '';
    document.title = `${shown}${instrument.symbol}${mark} · Candlewick`;
  }, [instrument, price, market, silent, formatPrice]);
}
