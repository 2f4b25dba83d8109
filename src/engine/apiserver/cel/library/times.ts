/** Parts of times and durations. upstream: cel-go common/types/{timestamp,duration}.go */
import {timeZone, UTC} from '../../../api/time-zone.ts';
import {CelError, type Duration} from '../values.ts';
import type {Implementations} from './types.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** What a clock shows: in UTC, in a named place, or so many hours and minutes off. */
function localOf(time: Date, zone = ''): Date {
  const offset = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return new Date(time.getTime() + (offset[1] === '-' ? -minutes : minutes) * MINUTE);
  }
  const place = zone === '' || zone === 'UTC' ? UTC : timeZone(zone);
  if (!place) throw new CelError(`unknown time zone ${zone}`);
  return new Date(place.toLocal(time.getTime()));
}

const part = (of: (local: Date) => number): Implementations[string] => {
  const way = (time: Date, zone?: string): bigint => BigInt(of(localOf(time, zone)));
  return {timestamp: way, 'timestamp,string': way};
};
const whole =
  (unit: bigint) =>
  (duration: Duration): bigint =>
    duration.nanos / unit;

const SECOND = 1_000_000_000n;

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
  getMilliseconds: {...part(local => local.getUTCMilliseconds()), duration: whole(SECOND / 1000n)},
};
