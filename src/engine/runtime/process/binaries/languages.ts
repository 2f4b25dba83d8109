/** Interpreters, as far as one-liners in manifests go: they print literals, count, and compute pi as the documentation's Job does. */
import type {Binary} from '../system.ts';

/** The first digits of pi, by Machin's formula: pi = 16 arctan(1/5) - 4 arctan(1/239). */
export function digitsOfPi(digits: number): string {
  const guard = 10;
  const one = 10n ** BigInt(digits + guard);
  const arctan = (inverse: bigint): bigint => {
    let power = one / inverse;
    let sum = power;
    for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
      power /= inverse * inverse;
      sum += (sign * power) / n;
    }
    return sum;
  };
  const scaled = (16n * arctan(5n) - 4n * arctan(239n)) / 10n ** BigInt(guard);
  // One digit stands before the point; the last one is rounded.
  const rounded = ((scaled + 5n) / 10n).toString();
  return `${rounded[0]}.${rounded.slice(1)}`;
}

/** What computing takes, a digit. */
const MS_A_DIGIT = 2;

/** `-c` and `-e` take the program itself. Undefined: a program in a file, which is the image's own business. */
export function oneLiner(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((a, i) => i > 0 && /^-[A-Za-z]*[ce]$/.test(a));
  return at < 0 ? undefined : (argv[at + 1] ?? '');
}

export const interpreter: Binary = ({argv}) => {
  const program = oneLiner(argv) ?? '';
  const pi = /bpi\((\d+)\)/.exec(program);
  if (pi) return {stdout: `${digitsOfPi(Number(pi[1]))}\n`, sleep: Number(pi[1]) * MS_A_DIGIT};
  const exit = /exit\((\d+)\)/.exec(program);
  const printed = [...program.matchAll(/(?:print|console\.log|puts|say)\s*\(?\s*(["'])(.*?)\1/g)].map(match => `${match[2]}\n`);
  return {stdout: printed.join(''), status: exit ? Number(exit[1]) : 0};
};

export const LANGUAGES: ReadonlySet<string> = new Set(['perl', 'python', 'python3', 'node', 'ruby', 'php']);
