/** The learner's shell: pipes, lists, loops, redirections and substitutions around the programs of the prompt. The grammar is that of the shell in a container. */
import {type Expansion, expandText, expandWords, type Scope} from '../../engine/runtime/process/shell/expand.ts';
import {type Node, parseShell, type Redirect, type SimpleCommand} from '../../engine/runtime/process/shell/syntax.ts';
import {ShellSyntaxError, type Word} from '../../engine/runtime/process/shell/tokens.ts';
import {stderr} from '../../kubectl/effects.ts';
import type {Effects} from '../../kubectl/types.ts';
import {textFiles} from './programs/text.ts';
import type {ProgramEnv} from './shell.ts';

/** Runs the words of one command. */
export type RunWords = (words: readonly string[], env: ProgramEnv) => Effects<number>;

interface Shell {
  readonly env: ProgramEnv;
  readonly run: RunWords;
}

/** A loop that turns more often than this is taken for one without end. */
const MOST_TURNS = 1000;
const TOO_MANY_TURNS = `the loop has turned ${MOST_TURNS} times: it is given up\n`;

const NO_BACKGROUND =
  '& would run it in the background: here one command runs at a time. Write ; or && between two, quote it where it is text';

class LoopExit extends Error {
  readonly again: boolean;
  constructor(again: boolean) {
    super();
    this.again = again;
  }
}

/** The program that a text means; it ends with the exit code of its last command. Throws ShellSyntaxError where it is none. */
export function evaluateText(text: string, env: ProgramEnv, run: RunWords): Effects<number> {
  return ended({env, run}, evaluate(parseShell(text), {env, run}));
}

/** Keeps the exit code for `$?`; a `break` outside of any loop ends the line. */
function* ended({env}: Shell, program: Effects<number>): Effects<number> {
  let status = 0;
  try {
    status = yield* program;
  } catch (error) {
    if (!(error instanceof LoopExit)) throw error;
  }
  env.state = {...env.state, status};
  return status;
}

function* evaluate(node: Node, shell: Shell, piped?: string): Effects<number> {
  switch (node.type) {
    case 'simple':
      return yield* simple(node, shell, piped);
    case 'pipeline': {
      const [first, ...others] = node.commands;
      const status = yield* others.reduce((source, command) => through(source, command, shell), evaluate(first!, shell, piped));
      return node.negated ? Number(status === 0) : status;
    }
    case 'list': {
      if (node.items.some(({then}) => then === '&')) throw new ShellSyntaxError(NO_BACKGROUND);
      let status = 0;
      let before = ';';
      for (const {node: item, then} of node.items) {
        const skipped = (before === '&&' && status !== 0) || (before === '||' && status === 0);
        if (!skipped) {
          status = yield* evaluate(item, shell, piped);
          shell.env.state = {...shell.env.state, status};
        }
        before = then;
      }
      return status;
    }
    case 'if':
      for (const {condition, body} of node.clauses) if ((yield* evaluate(condition, shell)) === 0) return yield* evaluate(body, shell);
      return node.otherwise ? yield* evaluate(node.otherwise, shell) : 0;
    case 'loop':
      return yield* loop(shell, node.body, function* () {
        return ((yield* evaluate(node.condition, shell)) === 0) !== node.until;
      });
    case 'for': {
      const values = (yield* expanded(expandWords(node.words, scopeOf(shell)), shell))[Symbol.iterator]();
      // biome-ignore lint/correctness/useYield: the words are there; only the condition of another loop has effects
      return yield* loop(shell, node.body, function* () {
        const {done, value} = values.next();
        if (!done) setVariables(shell.env, {[node.name]: value});
        return !done;
      });
    }
  }
}

function* loop(shell: Shell, body: Node, goesOn: () => Effects<boolean>): Effects<number> {
  let status = 0;
  for (let turn = 0; yield* goesOn(); turn++) {
    if (turn === MOST_TURNS) {
      yield* stderr(TOO_MANY_TURNS);
      return 1;
    }
    try {
      status = yield* evaluate(body, shell);
    } catch (error) {
      if (!(error instanceof LoopExit)) throw error;
      if (!error.again) return 0;
    }
  }
  return status;
}

/** Filters whose every line of output comes of one line of input: they need not wait for the end. */
const isLinewise = ({words, redirects}: SimpleCommand): boolean =>
  words[0]?.parts[0]?.text === 'grep' &&
  redirects.length === 0 &&
  !words.some(({parts}) => /^-[a-zA-Z]*[cnqmABCo]/.test(parts[0]?.text ?? ''));

/** What a command makes of another's output. */
function* through(source: Effects<number>, command: Node, shell: Shell): Effects<number> {
  if (command.type !== 'simple' || !isLinewise(command)) return yield* evaluate(command, shell, yield* captured(source));
  let status = 1;
  let rest = '';
  for (let next = source.next(undefined); !next.done; ) {
    if (next.value.kind === 'stdout') {
      const text = rest + next.value.text;
      const whole = text.lastIndexOf('\n') + 1;
      rest = text.slice(whole);
      if (whole > 0) status = Math.min(status, yield* evaluate(command, shell, text.slice(0, whole)));
      next = source.next(undefined);
    } else next = source.next(yield next.value);
  }
  return rest === '' ? status : Math.min(status, yield* evaluate(command, shell, rest));
}

/** What a program prints on its standard output; its complaints are passed on. */
function* captured(program: Effects<number>): Effects<string> {
  let printed = '';
  for (let next = program.next(undefined); ; ) {
    if (next.done) return printed;
    if (next.value.kind === 'stdout') {
      printed += next.value.text;
      next = program.next(undefined);
    } else next = program.next(yield next.value);
  }
}

/** An expansion with what its substitutions print. */
function* expanded<T>(expansion: Expansion<T>, {env, run}: Shell): Effects<T> {
  let next = expansion.next();
  while (!next.done) next = expansion.next(yield* captured(evaluateText(next.value, env, run)));
  return next.value;
}

const setVariables = (env: ProgramEnv, variables: Readonly<Record<string, string>>): void => {
  env.state = {...env.state, variables: {...env.state.variables, ...variables}};
};

const scopeOf = ({env}: Shell): Scope => ({
  get: name => env.state.variables[name],
  set: (name, value) => setVariables(env, {[name]: value}),
  params: ['sh'],
  status: env.state.status ?? 0,
  files: Object.keys(env.state.files).sort(),
});

function* simple({words, assignments, redirects}: SimpleCommand, shell: Shell, piped?: string): Effects<number> {
  const {env, run} = shell;
  const argv = yield* expanded(expandWords(words, scopeOf(shell)), shell);
  const assigned: Record<string, string> = {};
  for (const {name, value} of assignments) assigned[name] = yield* expanded(expandText(value, scopeOf(shell)), shell);
  if (argv[0] === 'break' || argv[0] === 'continue') throw new LoopExit(argv[0] === 'continue');

  // 1. Where its input comes from, and where its output goes.
  const targets: Target[] = [];
  for (const {fd, mode, target} of redirects) targets.push({fd, mode, text: yield* textOf(target, shell)});
  const input = targets.findLast(({mode}) => mode === 'read' || mode === 'here');
  const stdin = input === undefined ? piped : input.mode === 'here' ? input.text : textFiles(env).read(input.text);
  if (input && stdin === undefined) {
    yield* stderr(`${input.text}: No such file or directory\n`);
    return 1;
  }

  // 2. Assignments alone are the shell's; before a command they are that command's.
  const before = env.state.variables;
  setVariables(env, assigned);
  if (argv.length === 0) return 0;
  env.stdin = stdin;
  const status = yield* redirected(run(argv, env), targets, env);
  if (assignments.length > 0) {
    const others = Object.entries(env.state.variables).filter(([name]) => !(name in assigned));
    const restored = Object.entries(before).filter(([name]) => name in assigned);
    env.state = {...env.state, variables: Object.fromEntries([...others, ...restored])};
  }
  return status;
}

interface Target extends Pick<Redirect, 'fd' | 'mode'> {
  readonly text: string;
}

const textOf = (word: Word, shell: Shell): Effects<string> => expanded(expandText(word, scopeOf(shell)), shell);

type Stream = 'stdout' | 'stderr';

/** Where each stream goes: to a stream of the shell's, or into a file. */
function sinksOf(targets: readonly Target[], env: ProgramEnv): Record<Stream, Stream | {file: string}> {
  const sinks: Record<Stream, Stream | {file: string}> = {stdout: 'stdout', stderr: 'stderr'};
  for (const {fd, mode, text} of targets) {
    if (mode === 'read' || mode === 'here') continue;
    if (mode === 'dup') {
      if (fd === 2) sinks.stderr = sinks.stdout;
      else sinks.stdout = sinks.stderr;
      continue;
    }
    if (text !== NOWHERE) textFiles(env).write(text, '', mode === 'append');
    if (fd !== 2) sinks.stdout = {file: text};
    if (fd !== 1) sinks.stderr = {file: text};
  }
  return sinks;
}

const NOWHERE = '/dev/null';

function* redirected(program: Effects<number>, targets: readonly Target[], env: ProgramEnv): Effects<number> {
  const sinks = sinksOf(targets, env);
  for (let next = program.next(undefined); ; ) {
    if (next.done) return next.value;
    const effect = next.value;
    if (effect.kind !== 'stdout' && effect.kind !== 'stderr') {
      next = program.next(yield effect);
      continue;
    }
    const sink = sinks[effect.kind];
    if (typeof sink === 'string') yield {kind: sink, text: effect.text};
    else if (sink.file !== NOWHERE) textFiles(env).write(sink.file, effect.text, true);
    next = program.next(undefined);
  }
}
