import { describe, expect, it } from 'vitest';
import { type UnixMs, unixMs } from '@/lib/time';
import { Zone } from '@/lib/zone';
import { axisLabel, rankOf, ZoneScale } from './zone-scale';

const HOUR = 3_600_000;

/** The labels that the axis gives to bars `step` apart, by their rank. */
function labels(zone: Zone, from: string, count: number, step = HOUR): string[] {
  const start = Date.parse(from);
  const at = (index: number) => zone.local(unixMs(start + index * step));
  return Array.from({ length: count }, (_, index) => axisLabel(at(index), rankOf(at(index), at(index - 1))));
}

describe('the time axis', () => {
  it('begins a day where the zone does', () => {
    expect(labels(new Zone('UTC'), '2026-01-02T22:00:00Z', 4)).toEqual(['22:00', '23:00', '3', '01:00']);
    expect(labels(new Zone('Europe/Berlin'), '2026-01-02T22:00:00Z', 4)).toEqual([
      '23:00',
      '3',
      '01:00',
      '02:00',
    ]);
  });

  it('begins a month and a year there too', () => {
    expect(labels(new Zone('America/New_York'), '2026-01-01T04:00:00Z', 2)).toEqual(['23:00', '2026']);
    expect(labels(new Zone('America/New_York'), '2026-02-01T04:00:00Z', 2)).toEqual(['23:00', 'Feb']);
  });

  it('shows the hour that comes twice twice, and leaves out the one that does not come', () => {
    const berlin = new Zone('Europe/Berlin');
    expect(labels(berlin, '2026-10-24T23:00:00Z', 4)).toEqual(['01:00', '02:00', '02:00', '03:00']);
    expect(labels(berlin, '2026-03-29T00:00:00Z', 2)).toEqual(['01:00', '03:00']);
  });

  it('ranks rounder hours and minutes above others', () => {
    const rank = (now: string, before: string) => rankOf(new Date(now), new Date(before));
    const day = '2026-01-03T';
    const ranks = ['00:01', '00:05', '00:30', '01:00', '03:00', '06:00', '12:00'].map((clock, index) =>
      rank(
        `${day}${clock}:00Z`,
        `${day}${['00:00', '00:04', '00:29', '00:59', '02:59', '05:59', '11:59'][index]}:00Z`,
      ),
    );
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(new Set(ranks).size).toBe(7);
  });

  it('gives the chart’s points their ranks, also those that come later', () => {
    const scale = new ZoneScale(() => new Zone('Asia/Tokyo'));
    const times = Array.from({ length: 6 }, (_, index) => Date.UTC(2026, 0, 2, 12 + index) / 1000);
    const convert = scale.createConverterToInternalObj(
      times.map((time) => ({ time: time as never })) as never,
    );
    const points = times.map((time) => ({
      time: convert(time as never),
      originalTime: time as unknown,
      timeWeight: 0 as never,
    }));
    scale.fillWeightsForPoints(points.slice(0, 5), 0);
    scale.fillWeightsForPoints(points, 5);
    const shown = points.map((point, index) =>
      scale.formatTickmark({
        index: index as never,
        time: point.time,
        weight: point.timeWeight,
        originalTime: point.originalTime,
      }),
    );
    expect(shown).toEqual(['21:00', '22:00', '23:00', '3', '01:00', '02:00']);
    expect(points.map((point) => point.originalTime as UnixMs)).toEqual(times);
  });
});
