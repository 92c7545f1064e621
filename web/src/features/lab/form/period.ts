import { formatDayOf, type UnixMs, unixMs } from '@/lib/time';

const DAY_MS = 86_400_000;

/** How far back a test looks. */
export const PERIODS = [
  { value: '30d', label: '30 days', days: 30 },
  { value: '90d', label: '90 days', days: 90 },
  { value: '180d', label: '180 days', days: 180 },
  { value: '1y', label: '1 year', days: 365 },
  { value: '2y', label: '2 years', days: 730 },
  { value: '5y', label: '5 years', days: 1826 },
  { value: 'all', label: 'All that is stored', days: null },
  { value: 'dates', label: 'From … to …', days: null },
] as const;
export type PeriodName = (typeof PERIODS)[number]['value'];

export function isPeriodName(text: string): text is PeriodName {
  return PERIODS.some((one) => one.value === text);
}

/** A period as the form has it; the days, `2026-01-31`, count where `name` is `dates`. Empty ones have no bound. */
export interface Period {
  readonly name: PeriodName;
  readonly from: string;
  readonly to: string;
}

/** The begin of a UTC day; null where the text is none. */
export function readDay(text: string): UnixMs | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  if (!match) return null;
  const time = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  // 31 February is a day in March to `Date`.
  return formatDayOf(new Date(time)) === text.trim() ? unixMs(time) : null;
}

export function dayText(time: UnixMs | null): string {
  return time === null ? '' : formatDayOf(new Date(time));
}

export interface Bounds {
  readonly from: UnixMs | null;
  /** Not included. */
  readonly to: UnixMs | null;
}

/** When it begins and ends; presets begin with a day. The last day that is named is in it. */
export function boundsOf({ name, from, to }: Period, now: UnixMs): Bounds {
  if (name === 'dates') {
    const last = readDay(to);
    return { from: readDay(from), to: last === null ? null : unixMs(last + DAY_MS) };
  }
  const days = PERIODS.find((one) => one.value === name)?.days ?? null;
  if (days === null) return { from: null, to: null };
  return { from: unixMs(Math.floor(now / DAY_MS) * DAY_MS - days * DAY_MS), to: null };
}

/** The period that has these bounds: a preset where one begins on that day and nothing is said of the end. */
export function periodOf({ from, to }: Bounds, now: UnixMs): Period {
  if (from === null && to === null) return { name: 'all', from: '', to: '' };
  const preset = PERIODS.find(
    ({ value, days }) =>
      days !== null && to === null && boundsOf({ name: value, from: '', to: '' }, now).from === from,
  );
  if (preset) return { name: preset.value, from: '', to: '' };
  return { name: 'dates', from: dayText(from), to: to === null ? '' : dayText(unixMs(to - 1)) };
}

export type PeriodFaults = Partial<Record<'from' | 'to', string>>;

/** What is wrong with days that were typed. */
export function periodFaults({ name, from, to }: Period): PeriodFaults {
  if (name !== 'dates') return {};
  const faults: PeriodFaults = {};
  if (from.trim() !== '' && readDay(from) === null) faults.from = 'Write a day as 2026-01-31.';
  if (to.trim() !== '' && readDay(to) === null) faults.to = 'Write a day as 2026-01-31.';
  const [first, last] = [readDay(from), readDay(to)];
  if (first !== null && last !== null && last < first) faults.to = 'It ends before it begins.';
  return faults;
}
