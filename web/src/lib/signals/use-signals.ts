import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { ApiProblem } from '@/lib/api/problem';
import { type InstrumentId, instrumentId } from '@/lib/market/instrument';
import { applySignals } from '@/lib/signals/board-fold';
import { FIRST_HORIZON, type Horizon, type SignalTimeframe } from '@/lib/signals/direction';
import type { SignalBoard, SignalEvent, SignalSummary } from '@/lib/signals/schemas';
import {
  fetchSignalBoard,
  fetchSignalHistory,
  fetchSignalRecord,
  fetchSignals,
} from '@/lib/signals/signals-client';
import { useSocket, useSubscription } from '@/lib/socket/socket-context';

/** Without any word from the socket, too, what is shown is asked for anew so often: it may have become stale. */
const AGAIN_MS = 60_000;
/** While the server still prepares a symbol. */
const NOT_READY_MS = 5_000;
/** What is told live comes in a rush at the close of a bar: it is folded in together, and then the whole is asked for. */
const FOLD_MS = 150;
const ASK_AFTER_MS = 1_200;

/** Runs `work` so long after the first of several calls. */
function useLater(work: () => void, afterMs: number): () => void {
  const newest = useRef(work);
  useEffect(() => {
    newest.current = work;
  });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      newest.current();
    }, afterMs);
  };
}

/** What was told of the same symbol may stand for a moment, for another horizon; that of another symbol never. */
function ofSame<T extends { readonly symbol: string }>(symbol: string, last: T | undefined): T | undefined {
  return symbol.split(':').at(-1) === last?.symbol ? last : undefined;
}

/** Whether asking again by itself may help. */
export function mayPass(error: Error | null): boolean {
  return error !== null && (!(error instanceof ApiProblem) || error.retryable);
}

/**
 * What every symbol says, kept up to date. An event changes its cell at once; the leading score is of several timeframes together,
 * so the board is then asked for again.
 */
export function useSignalBoard(horizon: Horizon) {
  const cache = useQueryClient();
  const key = ['signals', 'board', horizon];
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => fetchSignalBoard(horizon, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data || mayPass(state.error) ? AGAIN_MS : false),
  });
  const [refused, setRefused] = useState<string | null>(null);
  const waiting = useRef<SignalEvent[]>([]);
  const fold = useLater(() => {
    const events = waiting.current.splice(0);
    cache.setQueryData<SignalBoard>(key, (board) => board && applySignals(board, events));
  }, FOLD_MS);
  const ask = useLater(() => void cache.invalidateQueries({ queryKey: key }), ASK_AFTER_MS);
  const take = (events: readonly SignalEvent[]) => {
    waiting.current.push(...events);
    fold();
    ask();
  };
  useSubscription(
    { channel: 'signals', params: { symbol: '*' } },
    {
      snapshot: ({ signals }, resumed) => {
        setRefused(null);
        if (!resumed) take(signals);
      },
      data: (told) => (told.kind === 'signal' ? take([told]) : ask()),
      gap: ask,
      refused: (_, message) => setRefused(message),
    },
  );
  return { ...query, refused };
}

/** What each symbol says in short. */
export type SignalBadges = ReadonlyMap<InstrumentId, SignalSummary>;

/** … asked for each minute, for places that show it beside something else. Null: it is not known yet. */
export function useSignalBadges(): SignalBadges | null {
  const { data } = useQuery({
    queryKey: ['signals', 'board', FIRST_HORIZON],
    queryFn: ({ signal }) => fetchSignalBoard(FIRST_HORIZON, signal),
    refetchInterval: ({ state }) => (state.data || mayPass(state.error) ? AGAIN_MS : false),
  });
  return useMemo(() => (data ? new Map(data.symbols.map((one) => [instrumentId(one), one])) : null), [data]);
}

/** What one of them says: null where it says nothing, undefined while that is not known. */
export function badgeOf(
  badges: SignalBadges | null,
  instrument: InstrumentId,
): SignalSummary | null | undefined {
  return badges ? (badges.get(instrument) ?? null) : undefined;
}

/** What one symbol says and why, kept up to date. */
export function useSignals(symbol: string, horizon: Horizon) {
  const cache = useQueryClient();
  const { serverNow } = useSocket();
  const key = ['signals', 'answer', symbol];
  const query = useQuery({
    queryKey: [...key, horizon],
    queryFn: ({ signal }) => fetchSignals(symbol, horizon, signal),
    placeholderData: (last) => ofSame(symbol, last),
    refetchInterval: ({ state }) => {
      if (state.data) return Math.max(NOT_READY_MS, state.data.expires_at - serverNow() + ASK_AFTER_MS);
      return mayPass(state.error) ? NOT_READY_MS : false;
    },
  });
  const [refused, setRefused] = useState<string | null>(null);
  const ask = useLater(() => void cache.invalidateQueries({ queryKey: key }), ASK_AFTER_MS);
  useSubscription(
    { channel: 'signals', params: { symbol } },
    {
      snapshot: (_, resumed) => {
        setRefused(null);
        if (!resumed) ask();
      },
      data: ask,
      gap: ask,
      refused: (_, message) => setRefused(message),
    },
  );
  return { ...query, refused };
}

/** What a symbol's signals were worth. It is long work for the server, and changes slowly. */
export function useSignalRecord(symbol: string, timeframe: SignalTimeframe, horizon: Horizon) {
  return useQuery({
    queryKey: ['signals', 'record', symbol, timeframe, horizon],
    queryFn: ({ signal }) => fetchSignalRecord(symbol, timeframe, horizon, signal),
    staleTime: 10 * 60_000,
    refetchInterval: ({ state }) => (!state.data && mayPass(state.error) ? NOT_READY_MS : false),
  });
}

const HISTORY_ROWS = 50;

/** What was said before, and what became of it. */
export function useSignalHistory(symbol: string, timeframe: SignalTimeframe) {
  return useQuery({
    queryKey: ['signals', 'history', symbol, timeframe],
    queryFn: ({ signal }) => fetchSignalHistory(symbol, timeframe, HISTORY_ROWS, signal),
    refetchInterval: ({ state }) => (state.data || mayPass(state.error) ? AGAIN_MS : false),
  });
}
