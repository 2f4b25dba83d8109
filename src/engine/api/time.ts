/** Timestamps as Kubernetes writes them. upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/time.go, micro_time.go */

/** RFC 3339 with seconds, of milliseconds since 1970 (UTC). metav1.Time drops fractions. */
export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** RFC 3339 with microseconds, of milliseconds since 1970. metav1.MicroTime. */
export function rfc3339Micro(ms: number): string {
  const whole = Math.floor(ms);
  const micros = Math.floor((ms - whole) * 1000);
  return `${new Date(whole).toISOString().slice(0, 23)}${String(micros).padStart(3, '0')}Z`;
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})$/;

export interface Rfc3339Time {
  /** Since 1970. */
  readonly seconds: number;
  /** Digits beyond the ninth are cut off, as Go does. */
  readonly nanos: number;
  /** East of UTC. */
  readonly offsetMinutes: number;
}

/** An RFC 3339 time; undefined where the text is none. */
export function readRfc3339(text: string): Rfc3339Time | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone] = match;
  const [mo, d, h, mi, s] = [Number(month), Number(day), Number(hour), Number(minute), Number(second)];
  if (mo < 1 || mo > 12 || d < 1 || d > daysIn(Number(year), mo) || h > 23 || mi > 59 || s > 59) return undefined;
  const offsetMinutes = zone === 'Z' ? 0 : (zone![0] === '-' ? -1 : 1) * (Number(zone!.slice(1, 3)) * 60 + Number(zone!.slice(4, 6)));
  const date = new Date(0);
  date.setUTCFullYear(Number(year), mo - 1, d);
  date.setUTCHours(h, mi, s, 0);
  return {seconds: date.getTime() / 1000 - offsetMinutes * 60, nanos: Number(fraction.slice(0, 9).padEnd(9, '0')), offsetMinutes};
}

/** Milliseconds since 1970 of an RFC 3339 time, fractions kept; undefined where it is none. */
export function parseRfc3339(text: string): number | undefined {
  const time = readRfc3339(text);
  return time && time.seconds * 1000 + time.nanos / 1e6;
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC((year % 400) + 2000, month, 0)).getUTCDate();
