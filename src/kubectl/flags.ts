/** Flags as pflag reads them: `--name=value`, `--name value`, `-n value`, `-nvalue`, `-it`. upstream: github.com/spf13/pflag */
import {parseGoDuration} from '../engine/api/duration.ts';
import {Failure} from './failure.ts';

export type FlagType = 'string' | 'bool' | 'int' | 'duration' | 'list' | 'array';

export interface Flag {
  type: FlagType;
  /** One letter. */
  short?: string;
  /** Default as it would be typed. */
  value?: string;
  /** Value when the flag stands alone (`--dry-run`). */
  bare?: string;
  usage: string;
  /** Accepted and not shown by --help. */
  hidden?: true;
  required?: true;
}

export type FlagTable = Readonly<Record<string, Flag>>;

export interface Flags {
  /** Given on the command line. */
  changed(name: string): boolean;
  string(name: string): string;
  bool(name: string): boolean;
  int(name: string): number;
  /** Milliseconds. */
  duration(name: string): number;
  /** All values: a `list` splits at commas, an `array` does not. */
  list(name: string): string[];
}

export interface ParsedArguments {
  args: string[];
  flags: Flags;
  /** Index into args of the first one behind `--`, or -1. */
  dash: number;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  '1': true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  '0': false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
};

const nameWithShort = (name: string, flag: Flag): string => (flag.short ? `-${flag.short}, --${name}` : `--${name}`);

function check(name: string, flag: Flag, value: string): void {
  const refuse = (why: string): never => {
    throw new Failure(`invalid argument "${value}" for "${nameWithShort(name, flag)}" flag: ${why}`);
  };
  if (flag.type === 'bool' && !(value in BOOLEANS)) refuse(`strconv.ParseBool: parsing "${value}": invalid syntax`);
  if (flag.type === 'int' && !/^[-+]?\d+$/.test(value)) refuse(`strconv.ParseInt: parsing "${value}": invalid syntax`);
  if (flag.type === 'duration' && parseGoDuration(value) === undefined)
    refuse(/^-?\d+$/.test(value) ? `time: missing unit in duration "${value}"` : `time: invalid duration "${value}"`);
}

/** CSV as StringSlice reads it: commas split, quotes keep together. */
function splitList(text: string): string[] {
  if (text === '') return [];
  return [...text.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .slice(0, -1)
    .concat(text.endsWith(',') ? [['', ''] as unknown as RegExpExecArray] : [])
    .map(match => (match[1]!.startsWith('"') ? match[1]!.slice(1, -1).replaceAll('""', '"') : match[1]!));
}

/** Reads arguments against a table of flags. With `interspersed` false, everything from the first argument on is an argument. Throws Failure. */
export function parseFlags(table: FlagTable, argv: readonly string[], interspersed = true): ParsedArguments {
  const given = new Map<string, string[]>();
  const args: string[] = [];
  let dash = -1;
  const byShort = new Map(Object.entries(table).map(([name, flag]) => [flag.short, name]));
  const set = (name: string, value: string): void => {
    check(name, table[name]!, value);
    given.set(name, [...(given.get(name) ?? []), value]);
  };
  const bareValue = (flag: Flag): string | undefined => flag.bare ?? (flag.type === 'bool' ? 'true' : undefined);
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') {
      dash = args.length;
      args.push(...argv.slice(i + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(word)!;
      const flag = Object.hasOwn(table, name!) ? table[name!]! : undefined;
      if (!flag || !name) throw new Failure(name ? `unknown flag: --${name}` : `bad flag syntax: ${word}`);
      if (value !== undefined) set(name, value);
      else if (bareValue(flag) !== undefined) set(name, bareValue(flag)!);
      else if (i + 1 < argv.length) set(name, argv[++i]!);
      else throw new Failure(`flag needs an argument: --${name}`);
    } else if (word.startsWith('-') && word.length > 1) {
      for (let j = 1; j < word.length; j++) {
        const name = byShort.get(word[j]);
        if (!name) throw new Failure(`unknown shorthand flag: '${word[j]}' in ${word}`);
        const flag = table[name]!;
        const rest = word.slice(j + 1);
        if (rest.startsWith('=')) set(name, rest.slice(1));
        else if (bareValue(flag) !== undefined) {
          set(name, bareValue(flag)!);
          continue;
        } else if (rest) set(name, rest);
        else if (i + 1 < argv.length) set(name, argv[++i]!);
        else throw new Failure(`flag needs an argument: '${word[j]}' in ${word}`);
        break;
      }
    } else {
      args.push(word);
      if (!interspersed) {
        args.push(...argv.slice(i + 1));
        break;
      }
    }
  }
  const last = (name: string): string => given.get(name)?.at(-1) ?? table[name]?.value ?? '';
  const flags: Flags = {
    changed: name => given.has(name),
    string: last,
    bool: name => BOOLEANS[last(name)] ?? false,
    int: name => Number(last(name) || 0),
    duration: name => parseGoDuration(last(name) || '0') ?? 0,
    list: name => {
      const values = given.get(name) ?? (table[name]?.value ? [table[name].value] : []);
      return table[name]?.type === 'list' ? values.flatMap(splitList) : values;
    },
  };
  const missing = Object.entries(table)
    .filter(([name, flag]) => flag.required && !given.has(name))
    .map(([name]) => `"${name}"`);
  if (missing.length > 0) throw new Failure(`required flag(s) ${missing.join(', ')} not set`);
  return {args, flags, dash};
}
