import {
  FIRST_HORIZON,
  type Horizon,
  isHorizon,
  isSignalTimeframe,
  type SignalTimeframe,
} from '@/lib/signals/direction';

/** What a symbol's page shows, as its address says it. */
export interface SymbolView {
  readonly horizon: Horizon;
  /** The timeframe whose components are laid open; null: none. */
  readonly opened: SignalTimeframe | null;
}

export function readSymbolView(search: string): SymbolView {
  const query = new URLSearchParams(search);
  const [horizon, opened] = [query.get('h'), query.get('tf')];
  return {
    horizon: isHorizon(horizon) ? horizon : FIRST_HORIZON,
    opened: isSignalTimeframe(opened) ? opened : null,
  };
}

/** The query of `signalsPath`. */
export function symbolQuery({ horizon, opened }: SymbolView): Record<string, string> {
  return {
    ...(horizon === FIRST_HORIZON ? {} : { h: horizon }),
    ...(opened === null ? {} : { tf: opened }),
  };
}
