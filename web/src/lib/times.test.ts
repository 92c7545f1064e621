import { describe, expect, it } from 'vitest';
import { unixMs } from './time';
import { makeTimes } from './times';
import { isKnownZone, Zone } from './zone';

const at = (text: string) => unixMs(Date.parse(text));
const noon = at('2026-01-03T12:05:09Z');
const DAY = 86_400_000;
const HOUR = 3_600_000;

describe('times', () => {
  it('are written as the zone’s clocks show them, whatever the machine is set to', () => {
    const utc = makeTimes(new Zone('UTC'));
    expect(utc.formatDay(noon)).toBe('2026-01-03');
    expect(utc.formatClock(noon)).toBe('12:05');
    expect(utc.formatClock(noon, true)).toBe('12:05:09');
    expect(utc.formatMoment(noon)).toBe('2026-01-03 12:05');
    const tokyo = makeTimes(new Zone('Asia/Tokyo'));
    expect(tokyo.formatMoment(at('2026-01-03T18:30:00Z'))).toBe('2026-01-04 03:30');
    const nepal = makeTimes(new Zone('Asia/Kathmandu'));
    expect(nepal.formatClock(noon)).toBe('17:50');
  });

  it('of bars have a clock below a day; from a day on they are named by their UTC day', () => {
    const newYork = makeTimes(new Zone('America/New_York'));
    expect(newYork.formatOpen(noon, 12 * HOUR)).toBe('2026-01-03 07:05');
    expect(newYork.formatOpen(at('2026-01-03T00:00:00Z'), DAY)).toBe('Sat 2026-01-03');
    expect(newYork.formatOpen(at('2026-01-05T00:00:00Z'), 7 * DAY)).toBe('Mon 2026-01-05');
    expect(newYork.formatDay(at('2026-01-03T00:00:00Z'), DAY)).toBe('2026-01-03');
    expect(newYork.formatDay(at('2026-01-03T00:00:00Z'), HOUR)).toBe('2026-01-02');
  });

  it.each([
    ['Europe/Berlin', '2026-01-03T12:00:00Z', 'UTC+1'],
    ['Europe/Berlin', '2026-07-03T12:00:00Z', 'UTC+2'],
    ['America/St_Johns', '2026-01-03T12:00:00Z', 'UTC\u22123:30'],
    ['Europe/London', '2026-01-03T12:00:00Z', 'UTC'],
    ['UTC', '2026-07-03T12:00:00Z', 'UTC'],
  ])('in %s at %s are %s', (zone, time, text) => {
    expect(makeTimes(new Zone(zone)).formatOffset(at(time))).toBe(text);
  });
});

// Clocks in Berlin went from 02:00 to 03:00 on 2026-03-29 at 01:00 UTC, and back from 03:00 to 02:00 on 2026-10-25 at 01:00 UTC.
describe('when the clocks change', () => {
  const berlin = makeTimes(new Zone('Europe/Berlin'));

  it('in spring an hour is left out', () => {
    expect(berlin.formatMoment(at('2026-03-29T00:59:00Z'))).toBe('2026-03-29 01:59');
    expect(berlin.formatMoment(at('2026-03-29T01:00:00Z'))).toBe('2026-03-29 03:00');
  });

  it('in autumn an hour comes twice, and says which of the two it is', () => {
    expect(berlin.formatMoment(at('2026-10-24T23:59:00Z'))).toBe('2026-10-25 01:59');
    expect(berlin.formatMoment(at('2026-10-25T00:30:00Z'))).toBe('2026-10-25 02:30 UTC+2');
    expect(berlin.formatMoment(at('2026-10-25T01:30:00Z'))).toBe('2026-10-25 02:30 UTC+1');
    expect(berlin.formatMoment(at('2026-10-25T02:00:00Z'))).toBe('2026-10-25 03:00');
  });

  it('by half an hour, that half comes twice', () => {
    const lordHowe = makeTimes(new Zone('Australia/Lord_Howe'));
    // Back from 02:00 to 01:30 on 2026-04-05 at 15:00 UTC of the day before.
    expect(lordHowe.formatMoment(at('2026-04-04T14:45:00Z'))).toBe('2026-04-05 01:45 UTC+11');
    expect(lordHowe.formatMoment(at('2026-04-04T15:15:00Z'))).toBe('2026-04-05 01:45 UTC+10:30');
    expect(lordHowe.formatMoment(at('2026-04-04T14:15:00Z'))).toBe('2026-04-05 01:15');
  });
});

describe('a zone', () => {
  it('agrees with the browser’s own clock at every quarter of an hour of a year', () => {
    const zone = new Zone('America/New_York');
    const clock = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'short',
    });
    const start = Date.UTC(2026, 0, 1);
    for (let time = start; time < start + 366 * DAY; time += HOUR / 4) {
      expect(zone.local(unixMs(time)).toISOString().slice(0, 16)).toBe(
        clock.format(time).replace(' ', 'T').slice(0, 16),
      );
    }
  });

  it('is known or not', () => {
    expect(isKnownZone('Europe/Berlin')).toBe(true);
    expect(isKnownZone('Europe/Atlantis')).toBe(false);
  });
});
