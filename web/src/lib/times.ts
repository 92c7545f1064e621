import { formatDayOf, type UnixMs } from '@/lib/time';
import { Zone } from '@/lib/zone';

const two = (value: number) => String(value).padStart(2, '0');
const DAY_MS = 86_400_000;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const UTC = new Zone('UTC');

/** Times as the clocks of one zone show them. */
export interface Times {
  readonly zone: Zone;
  /** `2026-01-03`. A bar of a day or more (`barMs`) is named by its UTC day, wherever one is: that is the day it holds. */
  readonly formatDay: (time: UnixMs, barMs?: number) => string;
  /** `14:05`, or `14:05:09`. */
  readonly formatClock: (time: UnixMs, withSeconds?: boolean) => string;
  /** `2026-01-03 14:05`; in the hour that the clocks show twice also which of the two: `… 02:30 UTC+2`. */
  readonly formatMoment: (time: UnixMs) => string;
  /** When a bar opened: a day's or a week's by its weekday and UTC date, a shorter one's with the clock. */
  readonly formatOpen: (time: UnixMs, widthMs: number) => string;
  /** What is ahead of UTC by how much: `UTC+1`. */
  readonly formatOffset: (time: UnixMs) => string;
}

export function makeTimes(zone: Zone): Times {
  const formatDay = (time: UnixMs, barMs = 0) => formatDayOf((barMs < DAY_MS ? zone : UTC).local(time));
  const formatClock = (time: UnixMs, withSeconds = false) => {
    const date = zone.local(time);
    const minutes = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
    return withSeconds ? `${minutes}:${two(date.getUTCSeconds())}` : minutes;
  };
  const formatMoment = (time: UnixMs) => {
    const which = zone.isAmbiguous(time) ? ` ${zone.offsetText(time)}` : '';
    return `${formatDay(time)} ${formatClock(time)}${which}`;
  };
  return {
    zone,
    formatDay,
    formatClock,
    formatMoment,
    formatOpen: (time, widthMs) =>
      widthMs < DAY_MS
        ? formatMoment(time)
        : `${WEEKDAYS[UTC.local(time).getUTCDay()]} ${formatDay(time, widthMs)}`,
    formatOffset: (time) => zone.offsetText(time),
  };
}
