import { useEffect, useMemo, useState } from 'react';
import type { Instrument } from '@/lib/api/schemas';
import type { TryOn } from '@/lib/lab/strategies-client';
import { findInstrument, instrumentId, shortName } from '@/lib/market/instrument';
import { useInstruments } from '@/lib/market/use-instruments';
import { recall } from '@/lib/storage';
import type { Timeframe } from '@/lib/timeframe';

/** So many bars a document is run over at each pause of typing. */
export const TRIED_BARS = 1000;

export interface TryOnChoice {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly instrument: Instrument | undefined;
  readonly instruments: readonly Instrument[];
  /** What is asked of the server; null: nothing is known yet. */
  readonly on: TryOn | null;
  readonly setSymbol: (name: string) => void;
  readonly setTimeframe: (timeframe: Timeframe) => void;
}

const NONE: readonly Instrument[] = [];

/** On which candles a document is tried while it is written: those that were looked at last, on the timeframe that it is made for. */
export function useTryOn(made: Timeframe | null): TryOnChoice {
  const { data: instruments = NONE } = useInstruments();
  const [symbol, setSymbol] = useState('');
  const [timeframe, setTimeframe] = useState<Timeframe>(made ?? '1h');
  useEffect(() => {
    if (symbol !== '' || instruments.length === 0) return;
    const first = findInstrument(recall('symbol') ?? '', instruments) ?? instruments[0];
    if (first) setSymbol(shortName(first, instruments));
  }, [symbol, instruments]);
  const instrument = findInstrument(symbol, instruments);
  const id = instrument && instrumentId(instrument);
  const on = useMemo(() => (id ? { symbol: id, timeframe, bars: TRIED_BARS } : null), [id, timeframe]);
  return { symbol, timeframe, instrument, instruments, on, setSymbol, setTimeframe };
}
