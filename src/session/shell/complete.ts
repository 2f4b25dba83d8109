/** What may come next on the line. */
import type {LessonHead} from '../../course/types.ts';
import {matching} from '../../kubectl/fuzzy.ts';
import type {Completion} from '../types.ts';
import {programNamed, programs} from './programs/table.ts';
import type {ProgramEnv} from './shell.ts';

type Item = Completion['items'][number];

/** Where the last command of a line begins: behind a pipe, a semicolon, `&&`, `||` or `$(` that is not quoted. */
function commandStart(line: string): number {
  let start = 0;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (c === '\\' && quote !== "'") i++;
    else if (quote) quote = c === quote ? '' : quote;
    else if (c === "'" || c === '"') quote = c;
    else if ('|;&('.includes(c)) start = i + 1;
  }
  return start;
}

/**
 * Candidates for the word at the cursor: those that begin with what stands there, else those that hold its letters. `words`: the session's own; `own`: what may
 * follow one of them.
 */
export function completeLine(
  line: string,
  cursor: number,
  env: ProgramEnv | undefined,
  words: Readonly<Record<string, {about: string}>>,
  lessons: readonly LessonHead[],
  own: (word: string, before: readonly string[]) => readonly Item[],
): Completion {
  const before = line.slice(0, cursor);
  const from = before.search(/\S*$/);
  const part = before.slice(from);
  const argv = before.slice(commandStart(before), from).trim().split(/\s+/).filter(Boolean);
  const [name, ...rest] = argv;
  const argumentsOf = (word: string): readonly Item[] => {
    const program = env && programNamed(word);
    if (program) return program.complete?.([...rest, part].slice(0, part ? -1 : undefined).filter(Boolean), env, part) ?? [];
    return ['play', 'forget'].includes(word) ? lessons.map(l => ({text: l.number, about: l.title})) : own(word, rest);
  };
  const items = name === undefined ? commands(env, words) : argumentsOf(name);
  return {from, items: matching(items, part).filter(item => item.text !== part)};
}

const commands = (env: ProgramEnv | undefined, words: Readonly<Record<string, {about: string}>>): Item[] => [
  ...(env ? programs.map(p => ({text: p.name, about: p.about})) : []),
  ...Object.entries(words).map(([text, {about}]) => ({text, about})),
  {text: 'help', about: 'what can be typed here'},
];
