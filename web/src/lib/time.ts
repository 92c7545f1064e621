import type { Brand } from '@/lib/brand';

/** Milliseconds since 1970-01-01T00:00:00Z. All times of the API are of this kind. */
export type UnixMs = Brand<number, 'UnixMs'>;

export function unixMs(milliseconds: number): UnixMs {
  return milliseconds as UnixMs;
}

export function addMs(time: UnixMs, milliseconds: number): UnixMs {
  return (time + milliseconds) as UnixMs;
}

const two = (value: number) => String(value).padStart(2, '0');

/** `2026-01-03`, by the date's UTC fields. */
export function formatDayOf(date: Date): string {
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** The two largest units that count: `3 d 4 h`, `2 h 20 min`, `45 s`. Negative spans are shown as `0 s`. */
export function formatSpan(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/** Time left, as on a clock: `0:42`, `12:05`, `3:00:00`, `2 d 03:00`. */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days} d ${two(hours)}:${two(minutes)}`;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(seconds % 60)}`;
  return `${minutes}:${two(seconds % 60)}`;
}
