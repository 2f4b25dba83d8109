/** One line of the learner's as a program. */
import {stderr} from '../kubectl/effects.ts';
import {parseShellLine, ShellError, type ShellLine} from '../kubectl/shell.ts';
import type {Effects} from '../kubectl/types.ts';
import {programNamed, programs} from './programs/table.ts';
import type {ProgramEnv} from './shell.ts';
import {substitute} from './substitute.ts';

/** Names the learner may have meant, nearest first; at most three. */
export function didYouMean(word: string, candidates: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  return candidates
    .map(c => [distance(word, c), c] as const)
    .filter(([d]) => d <= limit)
    .sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
    .slice(0, 3)
    .map(([, c]) => c);
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}

/** The program that a line means; it ends with the exit code. A line that means nothing says so. `others`: words that the front end itself understands. */
export function* program(line: string, env: ProgramEnv, others: readonly string[] = []): Effects<number> {
  let parsed: ShellLine;
  try {
    const whole = yield* substitute(line, inner => program(inner, env, others));
    parsed = parseShellLine(whole, env.state.variables);
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    yield* stderr(`${error.message}\n`);
    return 2;
  }
  const {words, input} = parsed;
  if (input !== undefined && env.state.files[input] === undefined) {
    yield* stderr(`${input}: No such file or directory\n`);
    return 1;
  }
  env.stdin = input === undefined ? parsed.stdin : env.state.files[input];
  const [name, ...argv] = words;
  if (name === undefined) return 0;
  const found = programNamed(name);
  if (!found) {
    const near = didYouMean(name, [...programs.flatMap(p => [p.name, ...(p.aliases ?? [])]), ...others]);
    yield* stderr(
      `${name}: command not found${near.length ? `. Did you mean ${near.join(' or ')}?` : '. Type help to see what there is.'}\n`,
    );
    return 127;
  }
  const off = env.disabled.find(d => d === found.name || words.some(w => w === d || (d.startsWith('-') && w.startsWith(`${d}=`))));
  if (off) {
    yield* stderr(`${off} is switched off in this lesson: there is another way\n`);
    return 1;
  }
  return yield* found.run(argv, env, program);
}
