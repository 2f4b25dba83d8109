/** Durations for people and Go's own text form. upstream: staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go; Go's time.Duration */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** An age as kubectl prints it (`119s`, `2m1s`, `47h`, `2y40d`); takes milliseconds. A second of clock skew is forgiven. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / SECOND);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(ms / MINUTE);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(ms / HOUR);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 24 * 8) return withRest(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.trunc(ms / YEAR);
  if (hours < 24 * 365 * 8) return withRest(years, 'y', days % 365, 'd');
  return `${years}y`;
}

const withRest = (n: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${n}${unit}` : `${n}${unit}${rest}${restUnit}`;

/** One unit only (`5m`, `3h`, `1y`); takes milliseconds. */
export function shortHumanDuration(ms: number): string {
  const seconds = Math.trunc(ms / SECOND);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 60) return `${seconds}s`;
  if (ms < HOUR) return `${Math.trunc(ms / MINUTE)}m`;
  if (ms < DAY) return `${Math.trunc(ms / HOUR)}h`;
  if (ms < YEAR) return `${Math.trunc(ms / DAY)}d`;
  return `${Math.trunc(ms / YEAR)}y`;
}

/** Age of a timestamp; both in milliseconds. upstream: pkg/printers/internalversion translateTimestampSince */
export const translateTimestampSince = (timestamp: number | undefined, now: number): string =>
  timestamp === undefined ? '<unknown>' : humanDuration(now - timestamp);

/** How long until a timestamp; both in milliseconds. upstream: translateTimestampUntil */
export const translateTimestampUntil = (timestamp: number | undefined, now: number): string =>
  timestamp === undefined ? '<unknown>' : humanDuration(timestamp - now);

/** Nanoseconds in each unit that Go's ParseDuration knows. */
const GO_UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  '\u00b5s': 1e3,
  '\u03bcs': 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

const MOST_NANOS = 2n ** 63n;

/** Nanoseconds of a Go duration (`1h30m`, `100ms`, `-1.5s`, `0`); undefined where Go would not parse it. */
export function goDurationNanos(text: string): bigint | undefined {
  const match = /^([+-]?)(.+)$/.exec(text);
  if (!match) return undefined;
  if (match[2] === '0') return 0n;
  let nanos = 0n;
  let rest = match[2]!;
  while (rest) {
    const part = /^(?=\.?\d)(\d*)\.?(\d*)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/.exec(rest);
    if (!part) return undefined;
    const [whole, digits = '', fraction = '', unit = ''] = part;
    const one = GO_UNITS[unit]!;
    nanos += BigInt(digits) * BigInt(one) + BigInt(Math.trunc(Number(fraction) * (one / 10 ** fraction.length)));
    rest = rest.slice(whole.length);
  }
  const signed = match[1] === '-' ? -nanos : nanos;
  return signed >= -MOST_NANOS && signed < MOST_NANOS ? signed : undefined;
}

/** The same in milliseconds. */
export function parseGoDuration(text: string): number | undefined {
  const nanos = goDurationNanos(text);
  return nanos === undefined ? undefined : Number(nanos) / 1e6;
}

const trimmed = (n: number, places: number): string => n.toFixed(places).replace(/\.?0+$/, '');

/** Go's Duration.String() of milliseconds: `1h30m0s`, `1.5s`, `100ms`, `0s`. */
export function printGoDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const ns = Math.round(Math.abs(ms) * 1e6);
  if (ns < 1e3) return `${sign}${ns}ns`;
  if (ns < 1e6) return `${sign}${trimmed(ns / 1e3, 3)}\u00b5s`;
  if (ns < 1e9) return `${sign}${trimmed(ns / 1e6, 6)}ms`;
  const seconds = ns / 1e9;
  const hours = Math.trunc(seconds / 3600);
  const minutes = Math.trunc((seconds % 3600) / 60);
  const rest = trimmedSeconds(seconds % 60);
  return `${sign}${hours ? `${hours}h` : ''}${hours || minutes ? `${minutes}m` : ''}${rest}s`;
}

const trimmedSeconds = (seconds: number): string => (Number.isInteger(seconds) ? String(seconds) : trimmed(seconds, 9));
