import { type UnixMs, unixMs } from '@/lib/time';

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const DAY_MS = 86_400_000;
/** Days whose offset is remembered; past it they are worked out anew. */
const REMEMBERED_MAX = 20_000;

/** The zone the device is set to. */
export function deviceZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** Whether this browser knows the zone. */
export function isKnownZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A time zone of the IANA database: what its clocks show at a given time, summer time and all. */
export class Zone {
  readonly name: string;
  private readonly clock: Intl.DateTimeFormat | null;
  private readonly offsets = new Map<number, number>();

  /** `name` is one that `isKnownZone`. */
  constructor(name: string) {
    this.name = name;
    this.clock = /^(Etc\/)?(UTC|GMT)$/.test(name)
      ? null
      : new Intl.DateTimeFormat('en-US', {
          timeZone: name,
          hourCycle: 'h23',
          year: 'numeric',
          month: 'numeric',
          day: 'numeric',
          hour: 'numeric',
          minute: 'numeric',
          second: 'numeric',
        });
  }

  /** How much the zone's clocks are ahead of UTC, ms. Clocks are changed at quarters of an hour. */
  offsetAt(time: UnixMs): number {
    if (!this.clock) return 0;
    const day = Math.floor(time / DAY_MS) * DAY_MS;
    const offset = this.remembered(day);
    // Most days have one offset; asking the clock for each bar would take a second for a long series.
    if (offset === this.remembered(day + DAY_MS)) return offset;
    return this.remembered(Math.floor(time / QUARTER_MS) * QUARTER_MS);
  }

  /** A date whose *UTC* fields are what the zone's clocks show. */
  local(time: UnixMs): Date {
    return new Date(time + this.offsetAt(time));
  }

  /** Whether the clocks show this time twice, because they are set back around it. */
  isAmbiguous(time: UnixMs): boolean {
    const offset = this.offsetAt(time);
    return [-3, 3].some((hours) => {
      const other = this.offsetAt(unixMs(time + hours * 60 * MINUTE_MS));
      return other !== offset && this.offsetAt(unixMs(time + offset - other)) === other;
    });
  }

  /** `UTC`, `UTC+1`, `UTC−3:30`. */
  offsetText(time: UnixMs): string {
    const minutes = Math.round(this.offsetAt(time) / MINUTE_MS);
    if (minutes === 0) return 'UTC';
    const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
    const text = rest === 0 ? String(hours) : `${hours}:${String(rest).padStart(2, '0')}`;
    return `UTC${minutes < 0 ? '\u2212' : '+'}${text}`;
  }

  private remembered(time: number): number {
    let offset = this.offsets.get(time);
    if (offset === undefined) {
      if (this.offsets.size >= REMEMBERED_MAX) this.offsets.clear();
      offset = this.asked(time);
      this.offsets.set(time, offset);
    }
    return offset;
  }

  private asked(time: number): number {
    const part: Record<string, number> = {};
    for (const { type, value } of this.clock?.formatToParts(time) ?? []) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - time;
  }
}
