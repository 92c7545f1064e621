import { defaultHorzScaleBehavior, type TickMark } from 'lightweight-charts';
import { type UnixMs, unixMs } from '@/lib/time';
import type { Zone } from '@/lib/zone';

/** The library's ranks of a time axis: which marks stay when there is no room for all. */
const RANK = {
  second: 10,
  minute1: 20,
  minute5: 21,
  minute30: 22,
  hour1: 30,
  hour3: 31,
  hour6: 32,
  hour12: 33,
  day: 50,
  month: 60,
  year: 70,
} as const;

/** How much of a mark a bar is, after the one before, by what the zone's clocks show: a new year ranks above a new hour. */
export function rankOf(now: Date, before: Date): number {
  if (now.getUTCFullYear() !== before.getUTCFullYear()) return RANK.year;
  if (now.getUTCMonth() !== before.getUTCMonth()) return RANK.month;
  if (now.getUTCDate() !== before.getUTCDate()) return RANK.day;
  const [hour, minute] = [now.getUTCHours(), now.getUTCMinutes()];
  if (hour !== before.getUTCHours()) {
    if (hour % 12 === 0) return RANK.hour12;
    if (hour % 6 === 0) return RANK.hour6;
    return hour % 3 === 0 ? RANK.hour3 : RANK.hour1;
  }
  if (minute === before.getUTCMinutes()) return RANK.second;
  if (minute % 30 === 0) return RANK.minute30;
  return minute % 5 === 0 ? RANK.minute5 : RANK.minute1;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number) => String(value).padStart(2, '0');

/** What stands under a mark of the time axis: the largest thing that begins there, of a day its number. */
export function axisLabel(now: Date, rank: number): string {
  if (rank >= RANK.year) return String(now.getUTCFullYear());
  if (rank >= RANK.month) return MONTHS[now.getUTCMonth()] ?? '';
  if (rank >= RANK.day) return String(now.getUTCDate());
  return `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}`;
}

const Utc = defaultHorzScaleBehavior();

function timeOf({ originalTime }: { readonly originalTime: unknown }): UnixMs {
  return unixMs(Number(originalTime) * 1000);
}

type Points = Parameters<InstanceType<typeof Utc>['fillWeightsForPoints']>[0];

/**
 * A time axis whose days begin when they do in a zone. The points keep their UTC times: shifting them, as is often done, would
 * give two bars one time when the clocks are set back.
 */
export class ZoneScale extends Utc {
  private readonly zoneNow: () => Zone;

  /** `zoneNow` is asked each time bars come. */
  constructor(zoneNow: () => Zone) {
    super();
    this.zoneNow = zoneNow;
  }

  override formatTickmark(mark: TickMark): string {
    return axisLabel(this.zoneNow().local(timeOf(mark)), mark.weight);
  }

  override fillWeightsForPoints(points: Points, from: number): void {
    // Sets what it must set; the ranks are then given anew.
    super.fillWeightsForPoints(points, from);
    const zone = this.zoneNow();
    const [first, second] = points;
    const earlier = points[from - 1];
    // Before the first bar stands one that would be as far from it as the second is.
    let before = earlier
      ? timeOf(earlier)
      : first && second
        ? unixMs(2 * timeOf(first) - timeOf(second))
        : unixMs(0);
    for (const point of points.slice(from)) {
      const now = timeOf(point);
      point.timeWeight = rankOf(zone.local(now), zone.local(before)) as typeof point.timeWeight;
      before = now;
    }
  }
}
