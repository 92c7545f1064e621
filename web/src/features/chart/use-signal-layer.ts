import { useMemo } from 'react';
import type { InstrumentId } from '@/lib/market/instrument';
import { isSignalTimeframe, type SignalTimeframe } from '@/lib/signals/direction';
import { type SignalTurn, turnsOf } from '@/lib/signals/turns';
import { type KeptSignals, useKeptSignals } from '@/lib/signals/use-kept-signals';
import type { Timeframe } from '@/lib/timeframe';
import type { CandleSeries } from './candle-series';
import { type SignalMark, signalMarks } from './signal-marks';

/** The signals of a chart's bars, and where their direction changed. */
export interface SignalLayer {
  readonly shown: boolean;
  /** Null: this timeframe is not scored. */
  readonly timeframe: SignalTimeframe | null;
  readonly kept: KeptSignals;
  readonly turns: readonly SignalTurn[];
  /** What is drawn of them. */
  readonly marks: readonly SignalMark[];
}

const NO_MARKS: readonly SignalMark[] = [];

export function useSignalLayer(
  instrument: InstrumentId,
  chosen: Timeframe,
  series: CandleSeries,
  shown: boolean,
): SignalLayer {
  const timeframe = isSignalTimeframe(chosen) ? chosen : null;
  // Another timeframe's bars may still be there while those of this one are on their way.
  const asked = shown && series.timeframe === chosen ? timeframe : null;
  const oldest = series.bars[0]?.time ?? null;
  const newest = series.forming?.time ?? series.bars.at(-1)?.time ?? null;
  const kept = useKeptSignals(instrument, asked, oldest, newest);
  const { signals } = kept;
  const turns = useMemo(() => turnsOf(signals), [signals]);
  const marks = useMemo(() => (turns.length === 0 ? NO_MARKS : signalMarks(turns, series)), [turns, series]);
  return { shown, timeframe, kept, turns, marks };
}
