/** Parts of times and durations. upstream: cel-go common/types/{timestamp,duration}.go */
import {timeZone, UTC} from '../../../api/time-zone.ts';
import {CelError, type Duration, type Timestamp} from '../values.ts';
import {NANOS_A_SECOND as SECOND} from './operators.ts';
import type {Implementations} from './types.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const MILLISECOND = SECOND / 1000n;

const floored = (nanos: bigint, unit: bigint): bigint => (nanos - (((nanos % unit) + unit) % unit)) / unit;

/** What a clock shows: that by which it was written, in a named place, or so many hours and minutes off. */
function localOf({nanos, offsetMinutes}: Timestamp, zone?: string): Date {
  const ms = Number(floored(nanos, MILLISECOND));
  if (zone === undefined) return new Date(ms + offsetMinutes * MINUTE);
  const offset = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return new Date(ms + (offset[1] === '-' ? -minutes : minutes) * MINUTE);
  }
  const place = zone === '' || zone === 'UTC' ? UTC : timeZone(zone);
  if (!place) throw new CelError(`unknown time zone ${zone}`);
  return new Date(place.toLocal(ms));
}

/** Seconds since 1970, of an instant before a whole one the one before. */
export const secondsOf = ({nanos}: Timestamp): bigint => floored(nanos, SECOND);

const two = (n: number): string => String(n).padStart(2, '0');

/** As Go writes a time with `time.RFC3339Nano`: by the clock it was written by. */
export function printTime(time: Timestamp): string {
  const {nanos, offsetMinutes} = time;
  const fraction = String(nanos - secondsOf(time) * SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const minutes = Math.abs(offsetMinutes);
  const zone = offsetMinutes === 0 ? 'Z' : `${offsetMinutes < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
  return localOf(time).toISOString().slice(0, 19) + (fraction && `.${fraction}`) + zone;
}

const part = (of: (local: Date) => number): Implementations[string] => {
  const way = (time: Timestamp, zone?: string): bigint => BigInt(of(localOf(time, zone)));
  return {timestamp: way, 'timestamp,string': way};
};
const whole =
  (unit: bigint) =>
  (duration: Duration): bigint =>
    duration.nanos / unit;

export const TIMES: Implementations = {
  getFullYear: part(local => local.getUTCFullYear()),
  getMonth: part(local => local.getUTCMonth()),
  getDayOfYear: part(local => Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / DAY)),
  getDayOfMonth: part(local => local.getUTCDate() - 1),
  getDate: part(local => local.getUTCDate()),
  getDayOfWeek: part(local => local.getUTCDay()),
  getHours: {...part(local => local.getUTCHours()), duration: whole(3600n * SECOND)},
  getMinutes: {...part(local => local.getUTCMinutes()), duration: whole(60n * SECOND)},
  getSeconds: {...part(local => local.getUTCSeconds()), duration: whole(SECOND)},
  getMilliseconds: {...part(local => local.getUTCMilliseconds()), duration: whole(MILLISECOND)},
};
