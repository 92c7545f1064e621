import type { Backfill, Bar, CandlePage, SourcePiece } from '@/lib/api/schemas';
import type { MarketDataEvent } from '@/lib/socket/messages';
import { addMs, type UnixMs, unixMs } from '@/lib/time';
import { durationMs, type Timeframe } from '@/lib/timeframe';

/** The bars of one instrument and timeframe, as far as they are loaded. Values, never changed in place. */
export interface CandleSeries {
  readonly timeframe: Timeframe;
  /** Closed bars, by open time, each once. */
  readonly bars: readonly Bar[];
  /** The bar being made: provisional, later than every closed one. */
  readonly forming: Bar | null;
  /** Open times of bars that were folded over a hole. */
  readonly gapped: ReadonlySet<UnixMs>;
  /** Which stored series the bars of each stretch came from; bars that came live are in no stretch. */
  readonly sources: readonly SourcePiece[];
  readonly backfill: Backfill;
}

/** A span [from, to) in which no bar exists. */
export interface Gap {
  readonly from: UnixMs;
  readonly to: UnixMs;
}

export function emptySeries(timeframe: Timeframe): CandleSeries {
  return {
    timeframe,
    bars: [],
    forming: null,
    gapped: new Set(),
    sources: [],
    backfill: { state: 'idle', oldest: null },
  };
}

export function newestBar(series: CandleSeries): Bar | undefined {
  return series.bars.at(-1);
}

/** Merges two lists of bars in order. Where both have an open time, the one of `incoming` stays. */
export function mergeBars(known: readonly Bar[], incoming: readonly Bar[]): readonly Bar[] {
  const [first, last] = [incoming[0], incoming.at(-1)];
  const [knownFirst, knownLast] = [known[0], known.at(-1)];
  if (!first || !last) return known;
  if (!knownFirst || !knownLast) return incoming;
  if (first.time > knownLast.time) return [...known, ...incoming];
  if (last.time < knownFirst.time) return [...incoming, ...known];

  const merged: Bar[] = [];
  let i = 0;
  for (const bar of incoming) {
    for (let old = known[i]; old && old.time < bar.time; old = known[++i]) merged.push(old);
    if (known[i]?.time === bar.time) i += 1;
    merged.push(bar);
  }
  return merged.concat(known.slice(i));
}

/** Replaces what the page covers of the sources by what the page says. */
function mergeSources(known: readonly SourcePiece[], page: readonly SourcePiece[]): readonly SourcePiece[] {
  const [first, last] = [page[0], page.at(-1)];
  if (!first || !last) return known;
  const before = known.flatMap((piece) =>
    piece.from < first.from ? [{ ...piece, to: unixMs(Math.min(piece.to, first.from)) }] : [],
  );
  const after = known.flatMap((piece) =>
    piece.to > last.to ? [{ ...piece, from: unixMs(Math.max(piece.from, last.to)) }] : [],
  );
  return [...before, ...page, ...after];
}

/** Folds an answer of the REST API in. */
export function applyPage(series: CandleSeries, page: CandlePage): CandleSeries {
  const gapped = new Set(series.gapped);
  for (const bar of page.candles) gapped.delete(bar.time);
  for (const time of page.gapped) gapped.add(time);
  const bars = mergeBars(series.bars, page.candles);
  return {
    ...series,
    bars,
    gapped,
    sources: mergeSources(series.sources, page.source),
    backfill: page.backfill,
    forming: stillForming(series.forming, bars),
  };
}

function stillForming(forming: Bar | null, bars: readonly Bar[]): Bar | null {
  const last = bars.at(-1);
  return forming && (!last || forming.time > last.time) ? forming : null;
}

/** Sets the forming bar; one that is not later than every closed bar is old news. */
export function applyForming(series: CandleSeries, forming: Bar | null): CandleSeries {
  return { ...series, forming: stillForming(forming, series.bars) };
}

/** Folds one live message in. */
export function applyEvent(series: CandleSeries, event: MarketDataEvent): CandleSeries {
  switch (event.kind) {
    case 'forming': {
      const newest = newestBar(series)?.time ?? -1;
      const current = series.forming?.time ?? -1;
      if (event.candle.time <= newest || event.candle.time < current) return series;
      return { ...series, forming: event.candle };
    }
    case 'closed':
    case 'revised': {
      const bars = mergeBars(series.bars, [event.candle]);
      const gapped = new Set(series.gapped);
      if (event.gapped) gapped.add(event.candle.time);
      else gapped.delete(event.candle.time);
      return { ...series, bars, gapped, forming: stillForming(series.forming, bars) };
    }
  }
}

/**
 * The span that is to be asked for before `event` may be joined to the series without a hole: from the end of the newest bar
 * to the event's open. Null when it follows directly, or is no newer.
 */
export function missingBefore(series: CandleSeries, next: Bar): Gap | null {
  const newest = newestBar(series);
  if (!newest) return null;
  const from = addMs(newest.time, durationMs(series.timeframe));
  return next.time > from ? { from, to: next.time } : null;
}

/** The spans between neighbouring bars, the forming one included, in which there is none. */
export function findGaps(series: CandleSeries): readonly Gap[] {
  const width = durationMs(series.timeframe);
  const gaps: Gap[] = [];
  let previous: Bar | undefined;
  for (const bar of series.bars) {
    if (previous && bar.time - previous.time > width) {
      gaps.push({ from: addMs(previous.time, width), to: bar.time });
    }
    previous = bar;
  }
  if (previous && series.forming && series.forming.time - previous.time > width) {
    gaps.push({ from: addMs(previous.time, width), to: series.forming.time });
  }
  return gaps;
}

/** The index of the bar with this open time, or of the first later one (`bars.length` when there is none). */
export function lowerBound(bars: readonly Bar[], time: UnixMs): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars[middle]?.time ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Which stored timeframe the bar that opens at `time` was taken from; null for one that came live. */
export function sourceOf(series: CandleSeries, time: UnixMs): Timeframe | null {
  return series.sources.find((piece) => piece.from <= time && time < piece.to)?.timeframe ?? null;
}
