/** Programs that print and compare. */

import {fromBase64, toBase64} from '../../../api/base64.ts';
import {byText} from '../../../api/order.ts';
import {type FileView, type Outcome, resolvePath} from '../system.ts';
import {columnProgram} from './awk.ts';
import {parseGrep, search} from './grep.ts';
import {parseSed, type Sed} from './sed.ts';

export type TextFiles = Pick<FileView, 'read' | 'write' | 'list'>;

/** All that a text program sees. */
interface TextCall {
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly cwd: string;
  readonly system: {readonly files: TextFiles};
}

type Binary = (call: TextCall) => Outcome;

const ok = (stdout = ''): {stdout: string; status: number} => ({stdout, status: 0});

const escapes: Readonly<Record<string, string>> = {n: '\n', t: '\t', r: '\r', '\\': '\\', '0': '', a: '', b: '', e: ''};
const unescaped = (text: string): string => text.replace(/\\([ntr\\0abe])/g, (_, c: string) => escapes[c]!);

const echo: Binary = ({argv}) => {
  let args = argv.slice(1);
  let newline = true;
  let interpret = false;
  while (/^-[neE]+$/.test(args[0] ?? '')) {
    newline &&= !args[0]!.includes('n');
    interpret ||= args[0]!.includes('e');
    args = args.slice(1);
  }
  const text = args.join(' ');
  return ok((interpret ? unescaped(text) : text) + (newline ? '\n' : ''));
};

const printf: Binary = ({argv}) => {
  const [, format = '', ...args] = argv;
  let result = '';
  let rest = args;
  do {
    result += unescaped(format).replace(/%(-?\d*)(?:\.\d+)?([sdif%])/g, (_, width: string, kind: string) => {
      if (kind === '%') return '%';
      const [first = '', ...others] = rest;
      rest = others;
      const text = kind === 's' ? first : String(Math.trunc(Number(first)) || 0);
      return width.startsWith('-') ? text.padEnd(Number(width.slice(1))) : text.padStart(Number(width));
    });
  } while (rest.length > 0 && format.includes('%'));
  return ok(result);
};

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
const unlines = (list: readonly string[]): string => list.map(line => `${line}\n`).join('');

/** The text of the files named, or of standard input. */
const inputOf = (files: readonly string[], call: TextCall): {text: string; stderr: string} => {
  if (files.length === 0) return {text: call.stdin, stderr: ''};
  let text = '';
  let stderr = '';
  for (const file of files) {
    const found = file === '-' ? call.stdin : call.system.files.read(resolvePath(call.cwd, file));
    if (found === undefined) stderr += `${call.argv[0]}: can't open '${file}': No such file or directory\n`;
    else text += found;
  }
  return {text, stderr};
};

const filter =
  (change: (input: string[], options: readonly string[]) => string[], optionsWithValue = ''): Binary =>
  call => {
    const options: string[] = [];
    const files: string[] = [];
    const args = call.argv.slice(1);
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      if (!/^-./.test(arg)) files.push(arg);
      else if (arg.length === 2 && optionsWithValue.includes(arg[1]!)) options.push(arg + (args[++i] ?? ''));
      else options.push(arg);
    }
    const {text, stderr} = inputOf(files, call);
    return {stdout: unlines(change(lines(text), options)), stderr, status: stderr ? 1 : 0};
  };

const count = (options: readonly string[]): number => {
  const given = options.map(o => /^-n?(\d+)$/.exec(o)?.[1]).find(Boolean);
  return given === undefined ? 10 : Number(given);
};

const cat: Binary = call => {
  const {text, stderr} = inputOf(
    call.argv.slice(1).filter(a => !/^-[a-z]/.test(a)),
    call,
  );
  return {stdout: text, stderr, status: stderr ? 1 : 0};
};

const tail: Binary = call => {
  if (call.argv.some(a => /^-[a-zA-Z]*[fF]/.test(a))) {
    const files = call.argv.slice(1).filter(a => !a.startsWith('-'));
    const found = files.map(f => (f === '/dev/null' ? '' : call.system.files.read(resolvePath(call.cwd, f))));
    if (found.some(text => text === undefined))
      return {stderr: `tail: can't open '${files.join(' ')}': No such file or directory\ntail: no files\n`, status: 1};
    return {stdout: found.map(text => unlines(lines(text!).slice(-10))).join(''), block: 'forever'};
  }
  return filter((input, options) => input.slice(-count(options)), 'n')(call);
};

const grep: Binary = call => {
  const wanted = parseGrep(call.argv);
  if (!wanted) return {stderr: `grep: bad regex '${call.argv.slice(1).join(' ')}'\n`, status: 2};
  const {text, stderr} = inputOf(wanted.files, call);
  if (stderr) return {stderr, status: 2};
  const {shown, found} = search(lines(text), wanted);
  return {stdout: wanted.quiet ? '' : unlines(shown), status: found > 0 ? 0 : 1};
};

/** The last line ends as it did. */
const changed = (text: string, {run}: Sed): string => {
  const out = unlines(run(lines(text)));
  return text.endsWith('\n') || text === '' ? out : out.replace(/\n$/, '');
};

const sed: Binary = call => {
  const wanted = parseSed(call.argv);
  if (typeof wanted === 'string') return {stderr: `sed: ${wanted}\n`, status: 1};
  if (wanted.inPlace && wanted.files.length === 0) return {stderr: 'sed: no input files\n', status: 1};
  if (!wanted.inPlace) {
    const {text, stderr} = inputOf(wanted.files, call);
    return {stdout: changed(text, wanted), stderr, status: stderr ? 1 : 0};
  }
  let stderr = '';
  for (const file of wanted.files) {
    const path = resolvePath(call.cwd, file);
    const text = call.system.files.read(path);
    if (text === undefined) stderr += `sed: can't read ${file}: No such file or directory\n`;
    else call.system.files.write(path, changed(text, wanted), false);
  }
  return {stderr, status: stderr ? 2 : 0};
};

const seq: Binary = ({argv}) => {
  const numbers = argv.slice(1).map(Number);
  const [first, step, last] =
    numbers.length >= 3 ? numbers : numbers.length === 2 ? [numbers[0]!, 1, numbers[1]!] : [1, 1, numbers[0] ?? 0];
  const result: string[] = [];
  for (let n = first!; step! > 0 ? n <= last! : n >= last!; n += step! || 1) {
    result.push(String(n));
    if (result.length > 10_000) break;
  }
  return ok(unlines(result));
};

/** The numbers of `1,3-5,7-` up to `most`, from 1. */
function listed(list: string, most: number): Set<number> {
  const numbers = new Set<number>();
  for (const range of list.split(',')) {
    const [, from = '', dash = '', to = ''] = /^(\d*)(-?)(\d*)$/.exec(range) ?? [];
    const last = dash === '' ? Number(from) : to === '' ? most : Math.min(Number(to), most);
    for (let n = Number(from) || 1; n <= last; n++) numbers.add(n);
  }
  return numbers;
}

const cut: Binary = call =>
  filter((input, options) => {
    const value = (letter: string): string | undefined => options.findLast(o => o[1] === letter)?.slice(2);
    const mark = value('d') || '\t';
    const [fields, letters] = [value('f'), value('c')];
    return input.map(line => {
      if (fields === undefined) return [...line].filter((_, i) => listed(letters ?? '', line.length).has(i + 1)).join('');
      const parts = line.split(mark);
      return parts.length === 1 ? line : parts.filter((_, i) => listed(fields, parts.length).has(i + 1)).join(mark);
    });
  }, 'dfc')(call);

/** The characters of a set: `a-z`, `\n`. */
const charactersOf = (set: string): string[] => [
  ...unescaped(set).replace(/(.)-(.)/gs, (_, a: string, b: string) =>
    String.fromCharCode(...Array.from({length: Math.max(0, b.charCodeAt(0) - a.charCodeAt(0) + 1)}, (_, i) => a.charCodeAt(0) + i)),
  ),
];

const tr: Binary = ({argv, stdin}) => {
  const deletes = argv[1] === '-d';
  const squeezes = argv[1] === '-s';
  const [from = '', to = ''] = argv.slice(deletes || squeezes ? 2 : 1);
  const old = charactersOf(from);
  const now = charactersOf(squeezes && to === '' ? from : to);
  if (deletes) return ok([...stdin].filter(c => !old.includes(c)).join(''));
  let last: string | undefined;
  const text = [...stdin].map(c => {
    const at = old.indexOf(c);
    const put = at < 0 ? c : (now[Math.min(at, now.length - 1)] ?? c);
    const dropped = squeezes && at >= 0 && put === last;
    last = at < 0 ? undefined : put;
    return dropped ? '' : put;
  });
  return ok(text.join(''));
};

const awk: Binary = call => {
  const given = call.argv.slice(1);
  const joined = /^-F(.+)$/.exec(given[0] ?? '')?.[1];
  const separator = joined ?? (given[0] === '-F' ? given[1] : undefined);
  const [script = '', ...files] = given.slice(joined !== undefined ? 1 : separator !== undefined ? 2 : 0);
  const {text, stderr} = inputOf(files, call);
  if (stderr) return {stderr, status: 2};
  const program = columnProgram(script);
  if (!program) return {stderr: `awk: only [CONDITION]{print COLUMNS} is known here, not: ${script}\n`, status: 2};
  return ok(unlines(program(lines(text), separator)));
};

const test: Binary = call => {
  const args = call.argv.slice(1);
  if (call.argv[0] === '[' || call.argv[0] === '[[') args.pop();
  return {status: evaluateTest(args, call) ? 0 : 1};
};

function evaluateTest(args: readonly string[], call: TextCall): boolean {
  for (const [operator, combine] of [
    ['-o', (a: boolean, b: boolean) => a || b],
    ['||', (a: boolean, b: boolean) => a || b],
    ['-a', (a: boolean, b: boolean) => a && b],
    ['&&', (a: boolean, b: boolean) => a && b],
  ] as const) {
    const at = args.indexOf(operator);
    if (at > 0) return combine(evaluateTest(args.slice(0, at), call), evaluateTest(args.slice(at + 1), call));
  }
  if (args[0] === '!') return !evaluateTest(args.slice(1), call);
  const [a = '', operator = '', b = ''] = args;
  if (args.length >= 3) {
    const compare = comparisons[operator];
    return compare ? compare(a, b) : false;
  }
  if (args.length === 2) {
    const path = resolvePath(call.cwd, operator);
    switch (a) {
      case '-z':
        return operator === '';
      case '-n':
        return operator !== '';
      case '-d':
        return call.system.files.list(path) !== undefined;
      case '-f':
      case '-r':
      case '-x':
        return call.system.files.read(path) !== undefined;
      case '-e':
        return call.system.files.read(path) !== undefined || call.system.files.list(path) !== undefined;
      case '-s':
        return Boolean(call.system.files.read(path));
      default:
        return false;
    }
  }
  return a !== '';
}

const comparisons: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '-eq': (a, b) => Number(a) === Number(b),
  '-ne': (a, b) => Number(a) !== Number(b),
  '-lt': (a, b) => Number(a) < Number(b),
  '-le': (a, b) => Number(a) <= Number(b),
  '-gt': (a, b) => Number(a) > Number(b),
  '-ge': (a, b) => Number(a) >= Number(b),
};

export const textBinaries: Readonly<Record<string, Binary>> = {
  echo,
  printf,
  cat,
  tail,
  grep,
  sed,
  seq,
  test,
  '[': test,
  '[[': test,
  ':': () => ok(),
  true: () => ok(),
  false: () => ({status: 1}),
  head: filter((input, options) => input.slice(0, count(options)), 'n'),
  wc: call => {
    const {text} = inputOf(
      call.argv.slice(1).filter(a => !a.startsWith('-')),
      call,
    );
    const figures = {l: lines(text).length, w: text.split(/\s+/).filter(Boolean).length, c: text.length};
    const flag = call.argv.find(a => /^-[lwc]$/.test(a))?.[1] as keyof typeof figures | undefined;
    return ok(flag ? `${figures[flag]}\n` : `${figures.l} ${figures.w} ${figures.c}\n`);
  },
  sort: filter((input, options) => {
    const sorted = [...input].sort((a, b) =>
      options.some(o => o.includes('n')) ? Number.parseFloat(a) - Number.parseFloat(b) : byText(a, b),
    );
    return options.some(o => o.includes('r')) ? sorted.reverse() : sorted;
  }),
  uniq: filter((input, options) => {
    const first = input.flatMap((line, index) => (line === input[index - 1] ? [] : [index]));
    return first.map((at, i) => {
      const times = (first[i + 1] ?? input.length) - at;
      return options.includes('-c') ? `${String(times).padStart(7)} ${input[at]}` : input[at]!;
    });
  }),
  cut,
  tr,
  awk,
  rev: filter(input => input.map(line => [...line].reverse().join(''))),
  basename: ({argv}) => ok(`${(argv[1] ?? '').split('/').at(-1)}\n`),
  dirname: ({argv}) => ok(`${(argv[1] ?? '').replace(/\/[^/]*$/, '') || '/'}\n`),
  tee: call => {
    const append = call.argv.includes('-a');
    for (const file of call.argv.slice(1).filter(a => !a.startsWith('-')))
      call.system.files.write(resolvePath(call.cwd, file), call.stdin, append);
    return ok(call.stdin);
  },
  base64: call => {
    const {text} = inputOf(
      call.argv.slice(1).filter(a => !a.startsWith('-')),
      call,
    );
    const decode = call.argv.some(a => a === '-d' || a === '--decode');
    return ok(decode ? fromBase64(text) : `${toBase64(text)}\n`);
  },
};
