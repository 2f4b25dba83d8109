/** Times as Go's layouts write them, in UTC. upstream: Go's time, k8s.io/klog */

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');
const clockOf = (d: Date): string => [d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds()].map(two).join(':');

/** Go's RFC1123Z in UTC: `Sat, 21 Nov 2026 05:32:40 +0000`. No time at all is the year 1. */
export function rfc1123(timestamp: string | null | undefined): string {
  if (!timestamp) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const d = new Date(timestamp);
  const day = `${DAYS[d.getUTCDay()]}, ${two(d.getUTCDate())} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
  return `${day} ${clockOf(d)} +0000`;
}

/** Go's Time.String() in UTC: `2017-06-04 21:45:56 +0000 UTC`. */
export function goTime(timestamp: string | undefined): string {
  if (!timestamp) return '0001-01-01 00:00:00 +0000 UTC';
  const d = new Date(timestamp);
  const date = `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
  return `${date} ${clockOf(d)} +0000 UTC`;
}

/** klog's prefix of a line of information: severity, date, time, thread, file. */
export function klogPrefix(now: number, file: string): string {
  const d = new Date(now);
  const time = `${clockOf(d)}.${String(d.getUTCMilliseconds()).padStart(3, '0')}000`;
  return `I${two(d.getUTCMonth() + 1)}${two(d.getUTCDate())} ${time}       1 ${file}] `;
}
