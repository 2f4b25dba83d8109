import {describe, expect, it} from 'vitest';
import {parseSchedule} from '../../../src/engine/api/cron.ts';

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
