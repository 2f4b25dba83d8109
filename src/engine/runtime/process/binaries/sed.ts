/** The part of sed that manifests and tables are changed with: `s/a/b/g`, `/x/d`, `2,5p`, several of them behind -e or between semicolons. */

type Address = (line: string, number: number, isLast: boolean) => boolean;

interface Command {
  readonly applies: Address;
  readonly run: (line: string) => {line: string; deleted?: boolean; printed?: boolean};
}

/** The text up to a mark that no backslash protects, and what follows it; undefined where the mark does not come. */
function upTo(text: string, mark: string): [found: string, rest: string] | undefined {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === mark) return [text.slice(0, i).replaceAll(`\\${mark}`, mark), text.slice(i + 1)];
  }
  return undefined;
}

const basic = (pattern: string, extended: boolean): string =>
  extended ? pattern : pattern.replace(/\\?([|+?(){}])/g, (all, c: string) => (all.length === 2 ? c : `\\${c}`));

function address(text: string, extended: boolean): [Address, rest: string] | undefined {
  const one = (rest: string): [Address, string] | undefined => {
    const number = /^\d+/.exec(rest)?.[0];
    if (number) return [(_, n) => n === Number(number), rest.slice(number.length)];
    if (rest.startsWith('$')) return [(_line, _n, isLast) => isLast, rest.slice(1)];
    if (!rest.startsWith('/')) return undefined;
    const [pattern, after] = upTo(rest.slice(1), '/') ?? [];
    if (pattern === undefined) return undefined;
    const expression = new RegExp(basic(pattern, extended));
    return [line => expression.test(line), after!];
  };
  const first = one(text);
  if (!first) return [() => true, text];
  const [begins, rest] = first;
  if (!rest.startsWith(',')) return first;
  const second = one(rest.slice(1));
  if (!second) return undefined;
  const [ends, after] = second;
  const last = Number(/^,(\d+)/.exec(rest)?.[1] ?? Number.POSITIVE_INFINITY);
  let inside = false;
  return [
    (line, n, isLast) => {
      if (!inside) {
        if (!begins(line, n, isLast)) return false;
        inside = n < last;
        return true;
      }
      if (ends(line, n, isLast) || n >= last) inside = false;
      return true;
    },
    after,
  ];
}

function command(text: string, extended: boolean): [Command, rest: string] | undefined {
  const [applies, rest] = address(text.trimStart(), extended) ?? [];
  if (!applies) return undefined;
  const [verb = '', ...others] = rest!.trimStart();
  const after = others.join('');
  if (verb === 'd') return [{applies, run: line => ({line, deleted: true})}, after];
  if (verb === 'p') return [{applies, run: line => ({line, printed: true})}, after];
  if (verb !== 's') return undefined;
  const mark = after[0] ?? '';
  const [pattern, second] = upTo(after.slice(1), mark) ?? [];
  const [replacement, tail] = upTo(second ?? '', mark) ?? [];
  if (pattern === undefined || replacement === undefined) return undefined;
  const flags = /^[gipI]*/.exec(tail!)![0];
  const expression = new RegExp(basic(pattern, extended), `${flags.includes('g') ? 'g' : ''}${/i/i.test(flags) ? 'i' : ''}`);
  const by = replacement
    .replace(/\$/g, '$$$$')
    .replace(/\\(\d)|\\([^\d])|&/g, (all, n?: string, c?: string) => (n ? `$${n}` : all === '&' ? '$&' : c === 'n' ? '\n' : c!));
  return [
    {applies, run: line => ({line: line.replace(expression, by), printed: flags.includes('p') && expression.test(line)})},
    tail!.slice(flags.length),
  ];
}

/** A program as commands; undefined where it is more than this sed can do. */
function parse(program: string, extended: boolean): Command[] | undefined {
  const commands: Command[] = [];
  let rest = program.trim();
  while (rest) {
    let read: [Command, string] | undefined;
    try {
      read = command(rest, extended);
    } catch {
      return undefined;
    }
    if (!read || !/^\s*(;|\n|$)/.test(read[1])) return undefined;
    commands.push(read[0]);
    rest = read[1].replace(/^[\s;]+/, '');
  }
  return commands;
}

export interface Sed {
  readonly files: readonly string[];
  /** The files themselves are changed. */
  readonly inPlace: boolean;
  /** The lines that come out. */
  run(lines: readonly string[]): string[];
}

/** What the words ask for; a text: why it cannot be done. */
export function parseSed(argv: readonly string[]): Sed | string {
  const programs: string[] = [];
  const words: string[] = [];
  let silent = false;
  let extended = false;
  let inPlace = false;
  for (let i = 1; i < argv.length; i++) {
    const arg = argv[i]!;
    if (arg === '-e') programs.push(argv[++i] ?? '');
    else if (/^-[nEri]+$/.test(arg)) {
      silent ||= arg.includes('n');
      extended ||= /[Er]/.test(arg);
      inPlace ||= arg.includes('i');
    } else if (/^-./.test(arg)) return `unrecognized option: ${arg.replace(/^-+/, '')}`;
    else words.push(arg);
  }
  if (programs.length === 0) programs.push(words.shift() ?? '');
  const commands = parse(programs.join('\n'), extended);
  if (!commands) return `-e expression #1: it must be s/old/new/g, /text/d or 2,5p, not ${programs.join(' ') || 'nothing'}`;
  return {
    files: words,
    inPlace,
    run: lines =>
      lines.flatMap((given, i) => {
        const out: string[] = [];
        let line = given;
        for (const {applies, run} of commands) {
          if (!applies(line, i + 1, i === lines.length - 1)) continue;
          const done = run(line);
          if (done.deleted) return out;
          line = done.line;
          if (done.printed) out.push(line);
        }
        return silent ? out : [...out, line];
      }),
  };
}
