/** Cron schedules. upstream: github.com/robfig/cron/v3 (parser.go, spec.go), as batch/v1 uses it */

import {type TimeZone, timeZone, UTC} from './time-zone.ts';

interface Field {
  name: string;
  min: number;
  max: number;
  words?: Readonly<Record<string, number>>;
}

const numbered = (from: number, ...words: string[]): Record<string, number> => Object.fromEntries(words.map((word, i) => [word, from + i]));

const fields: readonly Field[] = [
  {name: 'minute', min: 0, max: 59},
  {name: 'hour', min: 0, max: 23},
  {name: 'day of month', min: 1, max: 31},
  {name: 'month', min: 1, max: 12, words: numbered(1, 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec')},
  {name: 'day of week', min: 0, max: 6, words: numbered(0, 'sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat')},
];

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

interface Allowed {
  values: ReadonlySet<number>;
  /** Written as `*` or `?`: says nothing about days. */
  star: boolean;
}

/** All times at which something is due. */
export interface Schedule {
  /** The first time after one, in milliseconds since 1970 in UTC; undefined when there is none within five years. */
  next(after: number): number | undefined;
}

const MINUTE = 60_000;
const FIVE_YEARS = 5 * 366 * 24 * 60 * MINUTE;

/** `zone`: where the clock hangs that the schedule goes by; a TZ in the schedule itself goes before it. Throws an Error that says what is wrong. */
export function parseSchedule(text: string, zone: TimeZone = UTC): Schedule {
  const [prefix = '', name] = /^(?:TZ|CRON_TZ)=(\S+)\s+/.exec(text.trim()) ?? [];
  const place = name === undefined ? zone : timeZone(name);
  if (!place) throw new Error(`provided bad location ${name}: unknown time zone ${name}`);
  const spec = text.trim().slice(prefix.length);
  if (spec === '') throw new Error('empty spec string');
  const every = /^@every (.+)$/.exec(spec);
  if (every) return constantDelay(every[1]!);
  if (spec.startsWith('@') && !descriptors[spec]) throw new Error(`unrecognized descriptor: ${spec}`);
  const parts = (descriptors[spec] ?? spec).split(/\s+/);
  if (parts.length !== fields.length)
    throw new Error(`expected exactly ${fields.length} fields, found ${parts.length}: [${parts.join(' ')}]`);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parts.map((part, i) => parseField(part, fields[i]!)) as [
    Allowed,
    Allowed,
    Allowed,
    Allowed,
    Allowed,
  ];
  // A day has to please both fields, or either of them where both are restricted.
  const dayMatches = (date: Date): boolean => {
    const [inMonth, inWeek] = [dayOfMonth.values.has(date.getUTCDate()), dayOfWeek.values.has(date.getUTCDay())];
    return dayOfMonth.star || dayOfWeek.star ? inMonth && inWeek : inMonth || inWeek;
  };
  return {
    next(after) {
      // Days and months are turned on the clock's face; hours and minutes pass, so that those a clock jumps over are skipped and those it shows twice come twice.
      let instant = Math.floor(after / MINUTE) * MINUTE + MINUTE;
      while (instant <= after + FIVE_YEARS) {
        const local = new Date(place.toLocal(instant));
        const [year, of, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
        if (!month.values.has(of + 1)) instant = place.toInstant(Date.UTC(year, of + 1, 1));
        else if (!dayMatches(local)) instant = place.toInstant(Date.UTC(year, of, day + 1));
        else if (!hour.values.has(local.getUTCHours())) instant += (60 - local.getUTCMinutes()) * MINUTE;
        else if (!minute.values.has(local.getUTCMinutes())) instant += MINUTE;
        else return instant;
      }
      return undefined;
    },
  };
}

/** `@every 1h30m`: from one time on, at least a second. */
function constantDelay(text: string): Schedule {
  const units: Record<string, number> = {h: 3_600_000, m: 60_000, s: 1000};
  if (!/^(\d+[hms])+$/.test(text)) throw new Error(`failed to parse duration @every ${text}`);
  const delay = [...text.matchAll(/(\d+)([hms])/g)].reduce((total, [, count, unit]) => total + Number(count) * units[unit!]!, 0);
  return {next: after => Math.floor(after / 1000) * 1000 + Math.max(1000, delay)};
}

function parseField(text: string, field: Field): Allowed {
  const ranges = text.split(',').map(part => parseRange(part, field));
  return {values: new Set(ranges.flatMap(range => [...range.values])), star: ranges.some(range => range.star)};
}

/** `*`, `5`, `1-5`, `*` or a range with `/2`; `5/15` means from 5 on. */
function parseRange(text: string, field: Field): Allowed {
  const [range, stepText, ...more] = text.split('/') as [string, string?, ...string[]];
  if (more.length > 0) throw new Error(`too many slashes: ${text}`);
  const step = stepText === undefined ? 1 : parseNumber(stepText, field, true);
  if (step === 0) throw new Error(`step of range should be a positive number: ${text}`);
  const star = range === '*' || range === '?';
  const bounds = range.split('-');
  if (bounds.length > 2) throw new Error(`too many hyphens: ${text}`);
  const from = star ? field.min : parseNumber(bounds[0]!, field);
  const to = star ? field.max : bounds[1] !== undefined ? parseNumber(bounds[1], field) : stepText !== undefined ? field.max : from;
  if (from < field.min) throw new Error(`beginning of range (${from}) below minimum (${field.min}): ${text}`);
  if (to > field.max) throw new Error(`end of range (${to}) above maximum (${field.max}): ${text}`);
  if (from > to) throw new Error(`beginning of range (${from}) beyond end of range (${to}): ${text}`);
  const values = new Set<number>();
  for (let value = from; value <= to; value += step) values.add(value);
  return {values, star: star && step === 1};
}

function parseNumber(text: string, field: Field, plain = false): number {
  const word = plain ? undefined : field.words?.[text.toLowerCase()];
  if (word !== undefined) return word;
  if (!/^\d+$/.test(text))
    throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
