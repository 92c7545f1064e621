import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { fetchRun, fetchRuns, fetchSweep, fetchSweeps } from '@/lib/lab/lab-client';
import { isUnderWay, type JobEvent } from '@/lib/lab/run-schemas';
import { fetchStrategies, fetchStrategy } from '@/lib/lab/strategies-client';
import type { Sweep } from '@/lib/lab/sweep-schemas';
import { useConnection, useSubscription } from '@/lib/socket/socket-context';

/** So often is asked how a job goes on while the socket tells nothing. */
export const POLL_MS = 1000;
/** … and while it does: a word of it may be lost. */
const SURE_MS = 10_000;
/** The cells of a sweep that is under way come in with each answer; of many cells, which are a long answer, the more rarely. */
const CELLS_MS = 1500;
const CELLS_AT_ONCE = 2000;

function cellsAgainMs({ status, cells }: Sweep): number | false {
  return isUnderWay(status) && CELLS_MS * Math.max(1, cells.length / CELLS_AT_ONCE);
}

const EVENTS = ['lab', 'events'];

type Events = Readonly<Record<string, JobEvent>>;

/** What is new is kept; of a job that has ended nothing more will come. */
export function foldEvents(known: Events, events: readonly JobEvent[]): Events {
  if (events.length === 0) return known;
  return { ...known, ...Object.fromEntries(events.map((event) => [event.id, event])) };
}

/** Whether nothing more will come of it. */
export function isFinal({ status }: JobEvent): boolean {
  return status === 'deleted' || !isUnderWay(status);
}

/** Hears how the own runs and sweeps go on. Once where the lab is put together. */
export function useLabFeed(): void {
  const cache = useQueryClient();
  const told = (events: readonly JobEvent[]) => {
    cache.setQueryData<Events>(EVENTS, (known = {}) => foldEvents(known, events));
    for (const event of events.filter(isFinal)) {
      const kind = event.kind === 'sweep' ? 'sweep' : 'run';
      if (event.status === 'deleted') continue;
      void cache.invalidateQueries({ queryKey: ['lab', kind, event.id] });
      void cache.invalidateQueries({ queryKey: ['lab', `${kind}s`] });
    }
  };
  const [heard, setHeard] = useState(false);
  useSubscription(
    { channel: 'backtests' },
    {
      snapshot: (events) => {
        setHeard(true);
        told(events);
      },
      data: (event) => told([event]),
      gap: () => void cache.invalidateQueries({ queryKey: ['lab'] }),
      refused: () => setHeard(false),
    },
  );
  const { phase } = useConnection();
  const listening = heard && phase === 'open';
  useEffect(() => {
    cache.setQueryData(['lab', 'listening'], listening);
  }, [cache, listening]);
}

function useListening(): boolean {
  const { data } = useQuery({
    queryKey: ['lab', 'listening'],
    queryFn: () => false,
    enabled: false,
    initialData: false,
  });
  return data;
}

/** What was told last of a job; null: nothing. */
export function useJobEvent(id: string | null): JobEvent | null {
  const { data } = useQuery<Events>({
    queryKey: EVENTS,
    queryFn: () => ({}),
    enabled: false,
    initialData: {},
  });
  return (id === null ? undefined : data[id]) ?? null;
}

/** A run with its result, followed while it is under way. */
export function useRun(id: string | null) {
  const listening = useListening();
  return useQuery({
    queryKey: ['lab', 'run', id],
    queryFn: ({ signal }) => fetchRun(id ?? '', signal),
    enabled: id !== null,
    staleTime: 60_000,
    refetchInterval: ({ state }) =>
      state.data && isUnderWay(state.data.status) ? (listening ? SURE_MS : POLL_MS) : false,
  });
}

/** A sweep with its cells, which come in while it is under way. */
export function useSweep(id: string | null) {
  return useQuery({
    queryKey: ['lab', 'sweep', id],
    queryFn: ({ signal }) => fetchSweep(id ?? '', signal),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data ? cellsAgainMs(state.data) : false),
  });
}

export function useRuns(search: string, after: string | null) {
  const listening = useListening();
  return useQuery({
    queryKey: ['lab', 'runs', search, after],
    queryFn: ({ signal }) => fetchRuns({ search, after }, signal),
    placeholderData: (last) => last,
    refetchInterval: ({ state }) =>
      !listening && state.data?.items.some((one) => isUnderWay(one.status)) ? POLL_MS : false,
  });
}

export function useSweeps() {
  const listening = useListening();
  return useQuery({
    queryKey: ['lab', 'sweeps'],
    queryFn: ({ signal }) => fetchSweeps(signal),
    refetchInterval: ({ state }) =>
      !listening && state.data?.some((one) => isUnderWay(one.status)) ? POLL_MS : false,
  });
}

/** The strategies that are shipped, then the own ones. */
export function useStrategies() {
  return useQuery({
    queryKey: ['lab', 'strategies'],
    queryFn: ({ signal }) => fetchStrategies(signal),
    staleTime: 60_000,
  });
}

/** One with its document; `version` null: the newest. */
export function useStrategy(name: string | null, version: number | null = null) {
  return useQuery({
    queryKey: ['lab', 'strategy', name, version],
    queryFn: ({ signal }) => fetchStrategy(name ?? '', version, signal),
    enabled: name !== null,
    staleTime: 60_000,
  });
}
