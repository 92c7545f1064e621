import { useMemo, useState } from 'react';
import type { Instrument } from '@/lib/api/schemas';
import type { Run } from '@/lib/lab/run-schemas';
import type { Trade } from '@/lib/lab/strategy-schemas';
import { type RunSymbol, symbolId, symbolOfTrade, symbolsOf } from '@/lib/lab/symbols';
import { findInstrument } from '@/lib/market/instrument';

const FINEST_TICK = '0.00000001';

/** Which of a run's symbols are looked at. */
export interface SymbolView {
  readonly symbols: readonly RunSymbol[];
  readonly several: boolean;
  /** Whose chart is shown. */
  readonly charted: RunSymbol;
  /** The one whose trades are shown alone, by its name in the API; null: all. */
  readonly only: string | null;
  readonly alone: RunSymbol | null;
  readonly isOnly: (trade: Trade) => boolean;
  readonly of: (trade: Trade) => RunSymbol | undefined;
  readonly tickSize: (of: Trade | RunSymbol) => string;
  /** What all of it is told in; empty: not known, or unlike. */
  readonly quote: string;
  readonly chart: (id: string) => void;
  /** Shows one alone, or all again. */
  readonly show: (id: string | null) => void;
}

/** `lookedAt`: a trade that is pointed at or chosen; the chart goes to its symbol. */
export function useSymbolView(
  run: Run,
  instruments: readonly Instrument[],
  lookedAt: Trade | undefined,
): SymbolView {
  const symbols = useMemo(() => symbolsOf(run), [run]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [only, setOnly] = useState<string | null>(null);
  const isOf = (id: string | null) => symbols.find((one) => symbolId(one) === id);
  const none = { symbol: run.symbol, venue: run.venue };
  const isOnly = useMemo(() => {
    return (trade: Trade) => {
      const symbol = symbolOfTrade(trade, symbols);
      return symbol !== undefined && symbolId(symbol) === only;
    };
  }, [symbols, only]);
  const instrumentOf = (one: RunSymbol) =>
    findInstrument(symbolId(one), instruments) ?? findInstrument(one.symbol, instruments);
  const quotes = new Set(symbols.map((one) => instrumentOf(one)?.quote ?? ''));
  const symbolOf = (of: Trade | RunSymbol) => ('venue' in of ? of : symbolOfTrade(of, symbols));
  return {
    symbols,
    several: symbols.length > 1,
    charted: (lookedAt && symbolOfTrade(lookedAt, symbols)) ?? isOf(chosen) ?? symbols[0] ?? none,
    only,
    alone: isOf(only) ?? null,
    isOnly,
    of: (trade) => symbolOfTrade(trade, symbols),
    tickSize: (of) => {
      const symbol = symbolOf(of);
      return (symbol && instrumentOf(symbol)?.tick_size) ?? FINEST_TICK;
    },
    quote: quotes.size === 1 ? ([...quotes][0] ?? '') : '',
    chart: (id) => {
      setChosen(id);
      // What is shown alone stays what is charted.
      if (only !== null) setOnly(id);
    },
    show: (id) => {
      setOnly(id);
      if (id !== null) setChosen(id);
    },
  };
}
