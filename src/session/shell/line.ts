/** One line of the learner's as a program. */
import {byText} from '../../engine/api/order.ts';
import {ShellSyntaxError} from '../../engine/runtime/process/shell/tokens.ts';
import {stderr} from '../../kubectl/effects.ts';
import {distance} from '../../kubectl/suggest.ts';
import type {Effects} from '../../kubectl/types.ts';
import {evaluateText} from './evaluate.ts';
import {INSTEAD} from './programs/instead.ts';
import {programNamed, programs} from './programs/table.ts';
import type {ProgramEnv} from './shell.ts';

/** Names the learner may have meant, nearest first; at most three. */
function didYouMean(word: string, candidates: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  return candidates
    .map(c => [distance(word, c), c] as const)
    .filter(([d]) => d <= limit)
    .sort((a, b) => a[0] - b[0] || byText(a[1], b[1]))
    .slice(0, 3)
    .map(([, c]) => c);
}

/** What manuals write for the reader to replace: to a shell it would be two redirections. */
export const PLACEHOLDER = /^[^\n'"]*?\s(<[A-Za-z][\w -]*>)(?:\s|$)/;

/** The program that a line means; it ends with the exit code. A line that means nothing says so. `others`: words that the front end itself understands. */
export function* program(line: string, env: ProgramEnv, others: readonly string[] = []): Effects<number> {
  const placeholder = PLACEHOLDER.exec(line)?.[1];
  if (placeholder) {
    yield* stderr(`${placeholder} stands for something of yours: write that, without < and >\n`);
    return 2;
  }
  try {
    return yield* evaluateText(line, env, (words, shell) => named(words, shell, others));
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    yield* stderr(`${error.message}\n`);
    return 2;
  }
}

function* named(words: readonly string[], env: ProgramEnv, others: readonly string[]): Effects<number> {
  const [name = '', ...argv] = words;
  const found = programNamed(name);
  if (!found) {
    const instead = INSTEAD[name];
    if (instead) {
      yield* stderr(`${name} is not here: ${instead}\n`);
      return 127;
    }
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
  return yield* found.run(argv, env, (line, inner) => program(line, inner, others));
}
