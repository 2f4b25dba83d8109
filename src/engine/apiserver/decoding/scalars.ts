/** The texts that Go's own parsers refuse, and their words. upstream: Go's time.Parse, encoding/base64 */
import {goQuote} from '../../api/field-errors.ts';

const RFC3339 = '2006-01-02T15:04:05Z07:00';
const RFC3339_MICRO = '2006-01-02T15:04:05.000000Z07:00';

interface Piece {
  /** As it stands in the layout. */
  layout: string;
  pattern: RegExp;
  /** Bounds of a number and its name in Go's complaint. */
  range?: readonly [min: number, max: number, name: string];
}

const digits = (layout: string, n: number, range?: Piece['range']): Piece => ({
  layout,
  pattern: new RegExp(`^\\d{${n}}`),
  ...(range && {range}),
});
const literal = (text: string): Piece => ({layout: text, pattern: new RegExp(`^${text}`)});

const DATE_AND_TIME: readonly Piece[] = [
  digits('2006', 4),
  literal('-'),
  digits('01', 2, [1, 12, 'month']),
  literal('-'),
  digits('02', 2, [1, 31, 'day']),
  literal('T'),
  digits('15', 2, [0, 23, 'hour']),
  literal(':'),
  digits('04', 2, [0, 59, 'minute']),
  literal(':'),
  digits('05', 2, [0, 59, 'second']),
];
const FRACTION: Piece = {layout: '.000000', pattern: /^[.,]\d{6}/};
const OPTIONAL_FRACTION = /^[.,]\d+/;
const ZONE: Piece = {layout: 'Z07:00', pattern: /^(?:Z|[+-]\d{2}:\d{2})/};

/** As the cluster itself writes times; a day that every month has. */
const PLAIN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{6})?Z$/;

/** An RFC 3339 time in UTC as Kubernetes writes it (seconds, or six digits more), or Go's complaint. */
export function parseTime(text: string, micro: boolean): {text: string; error?: undefined} | {error: string} {
  const plain = PLAIN.exec(text);
  if (plain && (plain[1] !== undefined) === micro) return {text};
  const layout = micro ? RFC3339_MICRO : RFC3339;
  const fail = (detail: string): {error: string} => ({error: `parsing time ${goQuote(text)}${detail}`});
  let rest = text;
  const take = (piece: Piece): {error: string} | string => {
    const match = piece.pattern.exec(rest);
    if (!match) return fail(` as "${layout}": cannot parse ${goQuote(rest)} as "${piece.layout}"`);
    rest = rest.slice(match[0].length);
    const n = Number(match[0]);
    if (piece.range && (n < piece.range[0] || n > piece.range[1])) return fail(`: ${piece.range[2]} out of range`);
    return match[0];
  };
  for (const piece of DATE_AND_TIME) {
    const taken = take(piece);
    if (typeof taken !== 'string') return taken;
  }
  let fraction = '';
  if (micro) {
    const taken = take(FRACTION);
    if (typeof taken !== 'string') return taken;
    fraction = taken.slice(1);
  } else {
    rest = rest.replace(OPTIONAL_FRACTION, '');
  }
  const zone = take(ZONE);
  if (typeof zone !== 'string') return zone;
  if (rest !== '') return fail(`: extra text: ${goQuote(rest)}`);

  const stamp = text.slice(0, 19);
  if (new Date(`${stamp.slice(0, 10)}T00:00:00Z`).toISOString().slice(0, 10) !== stamp.slice(0, 10)) return fail(': day out of range');
  const end = micro ? `.${fraction}Z` : 'Z';
  if (zone === 'Z') return {text: stamp + end};
  const minutes = (zone[0] === '-' ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)));
  const utc = new Date(Date.parse(`${stamp}Z`) - minutes * 60_000).toISOString().slice(0, 19);
  return {text: utc + end};
}

const ALPHABET = /[A-Za-z0-9+/]/;

/** Where base64 with padding breaks off: Go's byte offset, or -1 where all is well. Line ends are skipped. */
export function checkBase64(text: string): number {
  let inQuantum = 0;
  let quantumStart = 0;
  let i = 0;
  const skip = (): void => {
    while (text[i] === '\n' || text[i] === '\r') i++;
  };
  for (;;) {
    skip();
    if (i >= text.length) return inQuantum === 0 ? -1 : i - inQuantum;
    const c = text[i]!;
    if (inQuantum === 0) quantumStart = i;
    if (ALPHABET.test(c)) {
      inQuantum = (inQuantum + 1) % 4;
      i++;
      continue;
    }
    if (c !== '=' || inQuantum < 2) return i;
    i++;
    if (inQuantum === 2) {
      skip();
      if (i >= text.length) return text.length;
      if (text[i] !== '=') return i;
      i++;
    }
    skip();
    return i < text.length ? i : quantumStart < 0 ? quantumStart : -1;
  }
}
