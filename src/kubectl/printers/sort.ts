/** `--sort-by`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/get/sorter.go */

import {findJsonPath} from '../../engine/api/json-path.ts';
import {cmp, tryParseQuantity} from '../../engine/api/quantity.ts';
import {Failure} from '../failure.ts';

const digits = (text: string, at: number): string => /^\d*/.exec(text.slice(at))![0];

/** Numbers within texts count as numbers: `web-2` before `web-10`. upstream: fvbommel/sortorder NaturalLess */
function compareNaturally(a: string, b: string): number {
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [digits(a, i), digits(b, j)];
    if (x && y) {
      const [m, n] = [x.replace(/^0+(?=\d)/, ''), y.replace(/^0+(?=\d)/, '')];
      if (m.length !== n.length) return m.length - n.length;
      if (m !== n) return m < n ? -1 : 1;
      if (x.length !== y.length) return x.length - y.length;
      i += x.length;
      j += y.length;
      continue;
    }
    if (a[i] !== b[j]) return a[i]! < b[j]! ? -1 : 1;
    i++;
    j++;
  }
  return a.length - b.length;
}

function compare(a: unknown, b: unknown): number {
  const [noA, noB] = [a === undefined || a === null, b === undefined || b === null];
  if (noA || noB) return Number(noB) - Number(noA);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') {
    const [x, y] = [tryParseQuantity(a), tryParseQuantity(b)];
    return x && y ? cmp(x, y) : compareNaturally(a, b);
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  throw new Failure(`unsortable type: ${Array.isArray(a) ? 'slice' : typeof a}`);
}

/** The items ordered by what a strict JSONPath finds in their objects; those without it, or with null, first. Throws Failure. */
export function sortBy<T>(items: readonly T[], path: string, objectOf: (item: T) => unknown): T[] {
  const keyed = items.map(item => ({item, key: findJsonPath(path, objectOf(item), {allowMissingKeys: true}).flat()[0]}));
  if (items.length > 0 && keyed.every(({key}) => key === undefined))
    throw new Failure(`couldn't find any field with path "${path}" in the list of objects`);
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({item}) => item);
}
