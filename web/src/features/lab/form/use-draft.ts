import { useEffect, useRef, useState } from 'react';
import type { Instrument } from '@/lib/api/schemas';
import { isSweepId } from '@/lib/lab/lab-place';
import type { RunRequest } from '@/lib/lab/run-schemas';
import type { StrategyItem } from '@/lib/lab/strategy-schemas';
import { joinSymbols, splitSymbols } from '@/lib/lab/symbols';
import { useRun, useSweep } from '@/lib/lab/use-lab';
import { useAddress } from '@/lib/location';
import { findInstrument, shortName } from '@/lib/market/instrument';
import { recall, remember } from '@/lib/storage';
import { isTimeframe } from '@/lib/timeframe';
import { useServerNow } from '@/lib/use-now';
import { fromRequest, type LabSettings, type MadeOf, readSettings } from './settings';

const KEPT = 'lab-draft';

export interface Draft {
  readonly settings: LabSettings;
  readonly change: (part: Partial<LabSettings>) => void;
  /** Puts the form as it was when a run was asked for. */
  readonly takeOver: (request: RunRequest, made: MadeOf) => void;
}

/**
 * The form's settings, kept as long as the tab is open: what is tested is then swept. The address may begin with something:
 * `?strategy=…&symbol=…&tf=…` (several symbols with commas between them), or `?like=b_…`, a run, or `?like=w_…`, a sweep.
 */
export function useDraft(instruments: readonly Instrument[], strategies: readonly StrategyItem[]): Draft {
  const [settings, setSettings] = useState(() => readSettings(recall(KEPT, 'tab')));
  const now = useServerNow(false);
  const query = new URL(useAddress(), location.origin).searchParams;
  const [strategy, symbol, timeframe, like] = ['strategy', 'symbol', 'tf', 'like'].map((name) =>
    query.get(name),
  );

  const change = (part: Partial<LabSettings>) => setSettings((known) => ({ ...known, ...part }));
  const takeOver = (request: RunRequest, made: MadeOf) => {
    const taken = fromRequest(request, made, now);
    const short = splitSymbols(taken.symbol).map((one) => {
      const instrument = findInstrument(one, instruments);
      return instrument ? shortName(instrument, instruments) : one;
    });
    setSettings({ ...taken, symbol: joinSymbols(short) });
  };

  useEffect(() => remember(KEPT, JSON.stringify(settings), 'tab'), [settings]);

  // Without a symbol: the one that was looked at last, else the first.
  useEffect(() => {
    if (settings.symbol !== '' || instruments.length === 0) return;
    const first = findInstrument(recall('symbol') ?? '', instruments) ?? instruments[0];
    if (first) setSettings((known) => ({ ...known, symbol: shortName(first, instruments) }));
  }, [settings.symbol, instruments]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what the address says holds once
  useEffect(() => {
    if (!strategy || strategies.length === 0) return;
    const named = strategies.find((one) => one.name === strategy);
    const own = named ? { timeframe: named.timeframe } : {};
    change({
      strategy,
      version: null,
      document: null,
      inputs: {},
      ...own,
      ...(symbol ? { symbol } : {}),
      ...(timeframe && isTimeframe(timeframe) ? { timeframe } : {}),
    });
  }, [strategy, symbol, timeframe, strategies.length > 0]);

  const isSweep = isSweepId(like ?? null);
  const { data: run } = useRun(isSweep ? null : (like ?? null));
  const { data: sweep } = useSweep(isSweep ? (like ?? null) : null);
  const made = isSweep ? sweep : run;
  const taken = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it was is taken over once
  useEffect(() => {
    if (!made || made.id !== like || taken.current === made.id) return;
    taken.current = made.id;
    takeOver(made.request, made);
  }, [made, like]);

  return { settings, change, takeOver };
}
