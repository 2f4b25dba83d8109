/** Letting virtual time pass. */
import {sleep, stderr} from '../../../kubectl/effects.ts';
import type {Program} from '../shell.ts';

const UNITS: Record<string, number> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000};

/** Milliseconds of `90`, `90s`, `5m`, `1h30m`; undefined where it is no duration. */
export function parseWait(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(p => p[0]).join('') !== text) return undefined;
  return parts.reduce((total, [, n, unit]) => total + Number(n) * UNITS[unit!]!, 0);
}

export const wait: Program = {
  name: 'sleep',
  aliases: ['wait'],
  usage: 'sleep DURATION',
  about: 'let virtual time pass: sleep 30s',
  *run([duration = '']) {
    const ms = parseWait(duration);
    if (ms === undefined) {
      yield* stderr(`sleep: invalid time interval '${duration}': write 30s, 5m or 1h\n`);
      return 1;
    }
    yield* sleep(ms);
    return 0;
  },
};
