import {describe, expect, it} from 'vitest';
import {parseSchedule} from '../../../src/engine/api/cron.ts';
import {localTimeText, timeZone} from '../../../src/engine/api/time-zone.ts';

const next = (schedule: string, after: string) => {
  const time = parseSchedule(schedule).next(Date.parse(after));
  return time === undefined ? undefined : new Date(time).toISOString().slice(0, 16);
};

describe('cron schedule', () => {
  it.each([
    ['*/15 * * * *', '2026-04-22T09:00:00Z', '2026-04-22T09:15'],
    ['0 0 * * *', '2026-04-22T09:00:00Z', '2026-04-23T00:00'],
    ['30 8 * * mon-fri', '2026-04-24T09:00:00Z', '2026-04-27T08:30'],
    ['0 0 29 2 *', '2026-04-22T09:00:00Z', '2028-02-29T00:00'],
    ['0 0 1,15 * 3', '2026-04-22T09:00:00Z', '2026-04-29T00:00'],
    ['5/20 10 * * *', '2026-04-22T09:00:00Z', '2026-04-22T10:05'],
    ['@weekly', '2026-04-22T09:00:00Z', '2026-04-26T00:00'],
    ['@every 90m', '2026-04-22T09:00:00Z', '2026-04-22T10:30'],
    ['0 0 31 2 *', '2026-04-22T09:00:00Z', undefined],
  ])('%s after %s is %s', (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  it.each([
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['@fortnightly', 'unrecognized descriptor: @fortnightly'],
  ])('refuses %s: %s', (schedule, message) => {
    expect(() => parseSchedule(schedule)).toThrow(message);
  });
});

describe('cron schedule by the clock of a place', () => {
  const times = (schedule: string, place: string, after: string, count: number): string[] => {
    const zone = timeZone(place)!;
    const found: string[] = [];
    for (let at = Date.parse(after); found.length < count; found.push(localTimeText(at, zone)))
      at = parseSchedule(schedule, zone).next(at)!;
    return found;
  };

  it('goes with summer time', () => {
    expect(times('0 9 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T09:00:00+01:00',
      '2026-03-29T09:00:00+02:00',
      '2026-03-30T09:00:00+02:00',
    ]);
  });

  it('leaves out what the clock jumps over', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', 2)).toEqual([
      '2026-03-28T02:30:00+01:00',
      '2026-03-30T02:30:00+02:00',
    ]);
  });

  it('comes twice in the hour that comes twice', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 3)).toEqual([
      '2026-10-25T02:30:00+02:00',
      '2026-10-25T02:30:00+01:00',
      '2026-10-26T02:30:00+01:00',
    ]);
  });

  it('knows midnights that are not there', () => {
    // In Beirut clocks go from midnight to one o'clock.
    expect(times('15 * 29 3 *', 'Asia/Beirut', '2026-03-28T12:00:00Z', 1)).toEqual(['2026-03-29T01:15:00+03:00']);
  });

  it('hears a TZ in the schedule itself, and knows no place that is none', () => {
    expect(new Date(parseSchedule('TZ=America/New_York 0 8 * * *').next(Date.parse('2026-04-22T09:00:00Z'))!).toISOString()).toBe(
      '2026-04-22T12:00:00.000Z',
    );
    expect(() => parseSchedule('TZ=Middle/Earth 0 8 * * *')).toThrow('provided bad location Middle/Earth: unknown time zone Middle/Earth');
    expect(timeZone('+01')).toBeUndefined();
  });
});
