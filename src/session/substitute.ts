/** Command substitution, as a shell has it: what `$(...)` prints stands in its place. */
import type {Effects} from '../kubectl/types.ts';

/** Where a substitution begins and ends in a line, and whether it stands within double quotes. undefined: there is none (any more), or it is not closed. */
function findSubstitution(line: string): {from: number; to: number; quoted: boolean} | undefined {
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (c === '\\' && quote !== "'") i++;
    else if (quote ? c === quote : c === "'" || c === '"') quote = quote ? '' : c;
    else if (c === '$' && line[i + 1] === '(' && quote !== "'") {
      const to = closing(line, i + 1);
      return to === undefined ? undefined : {from: i, to, quoted: quote === '"'};
    }
  }
  return undefined;
}

/** The place behind the parenthesis that closes the one at `at`. */
function closing(line: string, at: number): number | undefined {
  let depth = 0;
  for (let i = at; i < line.length; i++) {
    if (line[i] === '(') depth++;
    if (line[i] === ')' && --depth === 0) return i + 1;
  }
  return undefined;
}

/** The line with what its substitutions print, made inert for the shell that reads it; `run` gives the program of an inner line. Complaints of inner programs are passed on. */
export function* substitute(line: string, run: (line: string) => Effects<number>): Effects<string> {
  // What the body of a here-document says is not for the shell.
  const [head, ...body] = line.split('\n');
  let rest = head!;
  let done = '';
  for (let found = findSubstitution(rest); found; found = findSubstitution(rest)) {
    const {from, to, quoted} = found;
    const output = (yield* captured(run(rest.slice(from + 2, to - 1)))).replace(/\n+$/, '');
    done +=
      rest.slice(0, from) +
      (quoted ? output.replace(/["\\$`]/g, '\\$&') : output.replace(/[^\w\s./:=,@%+-]/g, '\\$&').replace(/\s+/g, ' '));
    rest = quoted ? `"${rest.slice(to)}` : rest.slice(to);
    if (quoted) done += '"';
  }
  return [done + rest, ...body].join('\n');
}

/** What a program prints on its standard output. */
function* captured(program: Effects<number>): Effects<string> {
  let printed = '';
  for (let next = program.next(undefined as never); ; ) {
    if (next.done) return printed;
    if (next.value.kind === 'stdout') {
      printed += next.value.text;
      next = program.next(undefined as never);
    } else next = program.next(yield next.value);
  }
}
