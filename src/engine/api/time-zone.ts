/** Local time by the names of the IANA database: the one that comes with the JavaScript engine. */

const WALL: Intl.DateTimeFormatOptions = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
};

/** What clocks show somewhere. All in milliseconds since 1970, of UTC or of the place. */
export interface TimeZone {
  /** What they show at an instant. */
  toLocal(instant: number): number;
  /** When they show this; of a time that they jump over, when they show the next that is not. */
  toInstant(local: number): number;
}

export const UTC: TimeZone = {toLocal: instant => instant, toInstant: local => local};

const known = new Map<string, TimeZone>();

/** Undefined for a name that is in no database. */
export function timeZone(name: string): TimeZone | undefined {
  // Some engines take an offset (+01) for a zone; the database's names all begin with a letter.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  let zone = known.get(name);
  if (zone) return zone;
  try {
    zone = made(new Intl.DateTimeFormat('en', {...WALL, timeZone: name}));
  } catch {
    return undefined;
  }
  known.set(name, zone);
  return zone;
}

function made(format: Intl.DateTimeFormat): TimeZone {
  const toLocal = (instant: number): number => {
    const part = Object.fromEntries(format.formatToParts(instant).map(({type, value}) => [type, Number(value)]));
    return Date.UTC(part['year']!, part['month']! - 1, part['day']!, part['hour']!, part['minute']!, part['second']!);
  };
  const offset = (instant: number): number => toLocal(instant) - Math.floor(instant / 1000) * 1000;
  return {
    toLocal,
    toInstant(local) {
      const guess = local - offset(local - offset(local));
      return guess + Math.max(0, local - toLocal(guess));
    },
  };
}

const two = (n: number): string => String(Math.abs(n)).padStart(2, '0');

/** RFC 3339 with the offset of the place, `Z` in UTC. */
export function localTimeText(instant: number, zone: TimeZone): string {
  const local = zone.toLocal(instant);
  const minutes = Math.round((local - instant) / 60_000);
  const offset = minutes === 0 ? 'Z' : `${minutes < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
  return new Date(local).toISOString().slice(0, 19) + offset;
}
