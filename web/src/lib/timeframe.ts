import { type UnixMs, unixMs } from '@/lib/time';

/** Every timeframe the server folds, finest first. */
export const TIMEFRAMES = [
  '1m',
  '3m',
  '5m',
  '15m',
  '30m',
  '1h',
  '2h',
  '4h',
  '6h',
  '8h',
  '12h',
  '1d',
  '1w',
] as const;

export type Timeframe = (typeof TIMEFRAMES)[number];

export const TIMEFRAME_GROUPS: readonly { readonly name: string; readonly members: readonly Timeframe[] }[] =
  [
    { name: 'Minutes', members: ['1m', '3m', '5m', '15m', '30m'] },
    { name: 'Hours', members: ['1h', '2h', '4h', '6h', '8h', '12h'] },
    { name: 'Days', members: ['1d', '1w'] },
  ];

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const UNIT_WORDS = { m: 'minute', h: 'hour', d: 'day', w: 'week' } as const;

/** 1970-01-01 was a Thursday; weeks start on Monday, four days later. */
const FIRST_MONDAY_MS = 4 * UNIT_MS.d;

export function isTimeframe(text: string): text is Timeframe {
  return (TIMEFRAMES as readonly string[]).includes(text);
}

function split(timeframe: Timeframe): [number, keyof typeof UNIT_MS] {
  return [Number(timeframe.slice(0, -1)), timeframe.slice(-1) as keyof typeof UNIT_MS];
}

export function durationMs(timeframe: Timeframe): number {
  const [count, unit] = split(timeframe);
  return count * UNIT_MS[unit];
}

/** `15 minutes`, `1 week`. */
export function timeframeName(timeframe: Timeframe): string {
  const [count, unit] = split(timeframe);
  return `${count} ${UNIT_WORDS[unit]}${count === 1 ? '' : 's'}`;
}

/** The open time of the bar that holds `time`. */
export function openTime(time: UnixMs, timeframe: Timeframe): UnixMs {
  const width = durationMs(timeframe);
  const origin = timeframe === '1w' ? FIRST_MONDAY_MS : 0;
  return unixMs(Math.floor((time - origin) / width) * width + origin);
}

/** The next coarser (+1) or finer (-1) of the timeframes that are there; the same one at the end. */
export function neighbourTimeframe(
  current: Timeframe,
  step: 1 | -1,
  available: readonly Timeframe[],
): Timeframe {
  const index = TIMEFRAMES.indexOf(current);
  for (let i = index + step; i >= 0 && i < TIMEFRAMES.length; i += step) {
    const candidate = TIMEFRAMES[i];
    if (candidate && available.includes(candidate)) return candidate;
  }
  return current;
}
