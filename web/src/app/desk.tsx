import { Button, Drawer } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { MessagePanel } from '@/components/message-panel';
import { ChartPanel } from '@/features/chart/chart-panel';
import { QuoteStrip } from '@/features/chart/quote-strip';
import { TimeframeBar } from '@/features/chart/timeframe-bar';
import { HistoryCard } from '@/features/feed-status/history-card';
import { TroubleStrip } from '@/features/feed-status/trouble-strip';
import { HelpDialog } from '@/features/help/help-dialog';
import { WatchList } from '@/features/watchlist/watch-list';
import { ApiProblem } from '@/lib/api/client';
import type { Instrument } from '@/lib/api/schemas';
import { formatPrice } from '@/lib/format';
import { usePlace } from '@/lib/location';
import { findInstrument, instrumentId, nearestSymbols, shortName } from '@/lib/market/instrument';
import { useInstruments } from '@/lib/market/use-instruments';
import { useStaleReason } from '@/lib/market/use-live';
import { useMarketStatus, useMarketStatusFeed } from '@/lib/market/use-market-status';
import { useTicker, useTickersFeed } from '@/lib/market/use-tickers';
import { useConnection } from '@/lib/socket/socket-context';
import { recall, remember } from '@/lib/storage';
import { isTimeframe, neighbourTimeframe, type Timeframe } from '@/lib/timeframe';
import styles from './desk.module.css';
import { TopBar } from './top-bar';
import { useNarrow } from './use-narrow';
import { useScheme } from './use-scheme';
import { useShortcuts } from './use-shortcuts';

const FIRST_TIMEFRAME: Timeframe = '15m';

/** The timeframe wanted, or the nearest coarser one that the instrument has. */
function usableTimeframe(wanted: Timeframe, instrument: Instrument): Timeframe {
  if (instrument.timeframes.includes(wanted)) return wanted;
  const coarser = neighbourTimeframe(wanted, 1, instrument.timeframes);
  return coarser === wanted ? neighbourTimeframe(wanted, -1, instrument.timeframes) : coarser;
}

export function Desk() {
  useTickersFeed();
  useMarketStatusFeed();
  const instruments = useInstruments();
  const { data: status } = useMarketStatus();
  const [place, go] = usePlace();
  const scheme = useScheme();
  const narrow = useNarrow();
  const [listOpen, setListOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  useRefreshOnConnect();

  const all = useMemo(() => instruments.data ?? [], [instruments.data]);
  const instrument = place.symbol === null ? undefined : findInstrument(place.symbol, all);
  const remembered = recall('timeframe') ?? '';
  const wanted = place.timeframe ?? (isTimeframe(remembered) ? remembered : FIRST_TIMEFRAME);
  const timeframe = instrument ? usableTimeframe(wanted, instrument) : wanted;

  // An address without a symbol or with a timeframe that is not there becomes one that says what is shown.
  useEffect(() => {
    const first = all[0];
    if (place.symbol === null && first) {
      const last = findInstrument(recall('symbol') ?? '', all) ?? first;
      go(shortName(last, all), wanted, 'replace');
    } else if (instrument && place.timeframe !== timeframe) {
      go(shortName(instrument, all), timeframe, 'replace');
    }
  }, [all, go, instrument, place.symbol, place.timeframe, timeframe, wanted]);

  const show = (next: Instrument, on: Timeframe = timeframe) => {
    remember('symbol', instrumentId(next));
    remember('timeframe', on);
    go(shortName(next, all), on);
    setListOpen(false);
  };
  const step = (by: 1 | -1) => {
    const at = instrument ? all.indexOf(instrument) : -1;
    const next = all[(at + by + all.length) % Math.max(1, all.length)];
    if (next) show(next);
  };
  const stepTimeframe = (by: 1 | -1) => {
    if (instrument) show(instrument, neighbourTimeframe(timeframe, by, instrument.timeframes));
  };
  const openSearch = () => {
    if (!narrow) {
      search.current?.focus();
      return;
    }
    setListOpen(true);
    // The drawer's field is there after the next frame.
    setTimeout(() => search.current?.focus(), 50);
  };
  useShortcuts({
    '/': openSearch,
    '[': () => stepTimeframe(-1),
    ']': () => stepTimeframe(1),
    j: () => step(1),
    k: () => step(-1),
    c: () => document.getElementById('chart')?.focus(),
    t: scheme.next,
    '?': () => setHelpOpen(true),
  });

  const market = status?.market ?? 'live';
  const stale = useStaleReason();
  const list = (
    <>
      <WatchList
        instruments={all}
        selected={instrument ? instrumentId(instrument) : null}
        market={market}
        live={stale === null}
        absent={instruments.data ? 'none' : instruments.failureReason ? 'failed' : 'loading'}
        search={search}
        onSelect={(chosen) => show(chosen)}
      />
      <HistoryCard />
    </>
  );

  return (
    <div className={styles.desk}>
      <TopBar
        symbol={instrument?.symbol ?? place.symbol ?? 'Markets'}
        scheme={scheme}
        onOpenList={() => setListOpen(true)}
        onHelp={() => setHelpOpen(true)}
      />
      <TroubleStrip />
      <div className={styles.body}>
        {narrow ? (
          <Drawer
            opened={listOpen}
            onClose={() => setListOpen(false)}
            title="Watch list"
            size="min(100%, 420px)"
            lockScroll={false}
            closeButtonProps={{ 'aria-label': 'Close the watch list' }}
            classNames={{
              content: styles.drawer ?? '',
              body: styles.drawerBody ?? '',
              header: styles.drawerHeader ?? '',
            }}
          >
            {list}
          </Drawer>
        ) : (
          <aside className={styles.side}>{list}</aside>
        )}
        <main className={styles.main}>
          {instrument ? (
            <Chart
              instrument={instrument}
              timeframe={timeframe}
              scheme={scheme.scheme}
              onTimeframe={(next) => show(instrument, next)}
            />
          ) : (
            <NoChart
              symbol={place.symbol}
              all={all}
              loading={instruments.isPending}
              problem={instruments.data ? null : instruments.failureReason}
              onSelect={(chosen) => show(chosen)}
              onRetry={() => instruments.refetch()}
            />
          )}
        </main>
      </div>
      <HelpDialog opened={helpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

/** With a connection, what could not be loaded is asked for again; after a loss also what the server has. */
function useRefreshOnConnect(): void {
  const { phase } = useConnection();
  const cache = useQueryClient();
  const opened = useRef(0);
  useEffect(() => {
    if (phase !== 'open') return;
    opened.current += 1;
    const again = opened.current > 1;
    void cache.refetchQueries({
      predicate: ({ state, queryKey }) =>
        state.status === 'error' || (again && queryKey[0] === 'instruments'),
    });
  }, [phase, cache]);
}

function Chart({
  instrument,
  timeframe,
  scheme,
  onTimeframe,
}: {
  instrument: Instrument;
  timeframe: Timeframe;
  scheme: 'dark' | 'light';
  onTimeframe: (timeframe: Timeframe) => void;
}) {
  const { data: status } = useMarketStatus();
  const silent = useStaleReason();
  const ticker = useTicker(instrument);
  const market = status?.market ?? 'live';
  const stale = instrument.followed ? silent : 'not followed: last stored bar';

  const price = ticker?.price ?? null;
  useEffect(() => {
    const shown = price === null ? '' : `${formatPrice(price, instrument.tick_size)} `;
    const marks = [market === 'live' ? '' : market, silent ?? ''].filter((mark) => mark !== '');
    const mark = marks.length > 0 ? ` (${marks.join(', ')})` : '';
    document.title = `${shown}${instrument.symbol}${mark} · Candlewick`;
  }, [instrument, price, market, silent]);

  const history = status?.history.find(
    (item) =>
      item.symbol === instrument.symbol && item.venue === instrument.venue && item.timeframe === timeframe,
  );
  return (
    <>
      <QuoteStrip instrument={instrument} ticker={ticker} market={market} stale={stale} />
      <div className={styles.tools}>
        <TimeframeBar value={timeframe} available={instrument.timeframes} onChange={onTimeframe} />
      </div>
      <ChartPanel
        instrument={instrument}
        timeframe={timeframe}
        scheme={scheme}
        history={history}
        live={stale === null}
      />
    </>
  );
}

function NoChart({
  symbol,
  all,
  loading,
  problem,
  onSelect,
  onRetry,
}: {
  symbol: string | null;
  all: readonly Instrument[];
  loading: boolean;
  problem: Error | null;
  onSelect: (instrument: Instrument) => void;
  onRetry: () => void;
}) {
  if (problem) {
    return (
      <MessagePanel
        role="alert"
        title={
          problem instanceof ApiProblem && problem.code === 'unreachable'
            ? 'No server'
            : 'The markets could not be loaded'
        }
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
  if (loading) return <MessagePanel title="Loading the markets…">One moment.</MessagePanel>;
  if (symbol === null || all.length === 0) {
    return (
      <MessagePanel title="Nothing to show yet">
        The server follows no instrument and has none stored. Name some under “follow” in its configuration,
        or import a file with “candlewick import”.
      </MessagePanel>
    );
  }
  return (
    <MessagePanel
      title={`“${symbol}” is not known here`}
      actions={nearestSymbols(symbol, all, 3).map((near) => (
        <Button key={instrumentId(near)} size="xs" variant="default" onClick={() => onSelect(near)}>
          {shortName(near, all)}
        </Button>
      ))}
    >
      No venue of this server has it. These are the nearest; all are in the watch list.
    </MessagePanel>
  );
}
