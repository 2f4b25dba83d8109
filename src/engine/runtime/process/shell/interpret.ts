/** Runs a task's instructions until it blocks or ends. Everything it needs to go on later is in the task it returns. */
import {type Binary, type Invocation, type Outcome, resolvePath, type System} from '../system.ts';
import type {Task} from '../types.ts';
import {compileShell, type Instruction} from './compile.ts';
import {type Expansion, expandText, expandWords, type Scope} from './expand.ts';
import type {SimpleCommand} from './syntax.ts';
import {ShellSyntaxError, type Word} from './tokens.ts';

/** Instructions one turn may take; a script that needs more without ever waiting is taken for a busy loop. */
const BUDGET = 2000;
/** How long a busy loop is left alone between its turns. */
const BUSY_LOOP_MS = 1000;

/** What a command may do to the process as a whole. */
const EFFECTS = ['trap', 'memory', 'cpuMilli', 'forks', 'written'] as const satisfies readonly (keyof Outcome)[];
export type Effect = (typeof EFFECTS)[number];

/** What happens around a task while it runs. */
export interface Surroundings {
  system: System;
  env: Readonly<Record<string, string>>;
  find(program: string): Binary | undefined;
  out(stream: 'stdout' | 'stderr', text: string): void;
  /** A job was put in the background. */
  spawn(job: Task): void;
  effect(outcome: Pick<Outcome, Effect>): void;
  /** Jobs still run (for `wait`). */
  jobsRunning(): boolean;
}

/** The shell's option, kept where its variables are. */
export const ERREXIT = 'set -e';

const compiled = new Map<string, readonly Instruction[]>();

/** Compiles a script once: the result depends on its text alone. */
function instructionsOf(task: Task): readonly Instruction[] {
  if ('argv' in task.source) {
    const words: Word[] = task.source.argv.map(text => ({parts: [{text, quoted: true, literal: true}]}));
    return [{op: 'run', commands: [{type: 'simple', assignments: [], words, redirects: []}], negated: false}];
  }
  const {script} = task.source;
  let code = compiled.get(script);
  if (!code) {
    code = compileShell(script);
    if (compiled.size > 500) compiled.clear();
    compiled.set(script, code);
  }
  return code;
}

export const newTask = (source: Task['source'], params: readonly string[] = ['sh'], cwd = '/'): Task => ({
  source,
  params,
  pc: 0,
  status: 0,
  vars: {},
  loops: {},
  cwd,
});

/** Runs on from where the task stands. */
export function interpret(start: Task, around: Surroundings): Task {
  let code: readonly Instruction[];
  try {
    code = instructionsOf(start);
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    around.out('stderr', `sh: ${error.message}\n`);
    return {...start, exitCode: 2};
  }
  let task: Task = {...start, wakeAt: undefined, blocked: undefined, server: undefined};
  for (let budget = BUDGET; budget > 0; budget--) {
    const instruction = code[task.pc];
    if (!instruction || instruction.op === 'end') return {...task, exitCode: task.status};
    task = step(task, instruction, around);
    // `set -e`: a failed command that nobody asks about ends the script.
    const asked = code[task.pc]?.op === 'jumpIfOk' || code[task.pc]?.op === 'jumpIfFailed';
    if (instruction.op === 'run' && task.status !== 0 && task.vars[ERREXIT] && !asked)
      return {...task, exitCode: task.exitCode ?? task.status};
    if (task.exitCode !== undefined || task.wakeAt !== undefined || task.blocked) return task;
  }
  around.effect({cpuMilli: 1000});
  return {...task, wakeAt: around.system.now + BUSY_LOOP_MS};
}

function step(task: Task, instruction: Instruction, around: Surroundings): Task {
  const next = {...task, pc: task.pc + 1};
  switch (instruction.op) {
    case 'jump':
      return {...task, pc: instruction.to};
    case 'jumpIfOk':
      return task.status === 0 ? {...task, pc: instruction.to} : next;
    case 'jumpIfFailed':
      return task.status !== 0 ? {...task, pc: instruction.to} : next;
    case 'status':
      return {...next, status: instruction.value};
    case 'background':
      around.spawn({...task, pc: task.pc + 1});
      return {...task, pc: instruction.to, status: 0};
    case 'forBegin': {
      const scope = scopeOf(next, around);
      const words = scope.expand(expandWords(instruction.words, scope));
      return {...next, vars: scope.vars, loops: {...next.loops, [instruction.loop]: words}};
    }
    case 'forNext': {
      const [word, ...rest] = task.loops[instruction.loop] ?? [];
      if (word === undefined) return {...task, pc: instruction.end};
      return {...next, vars: {...task.vars, [instruction.name]: word}, loops: {...task.loops, [instruction.loop]: rest}};
    }
    case 'end':
      return {...task, exitCode: task.status};
    case 'run': {
      const after = pipeline(next, instruction.commands, around);
      return instruction.negated ? {...after, status: after.status === 0 ? 1 : 0} : after;
    }
  }
}

function pipeline(task: Task, commands: readonly SimpleCommand[], around: Surroundings): Task {
  let stdin = '';
  let after = task;
  commands.forEach((command, index) => {
    const last = index === commands.length - 1;
    let captured = '';
    const out = last
      ? around.out
      : (stream: 'stdout' | 'stderr', text: string) => (stream === 'stdout' ? (captured += text) : around.out(stream, text));
    after = simple(after, command, {...around, out}, stdin);
    stdin = captured;
  });
  return after;
}

function simple(task: Task, command: SimpleCommand, around: Surroundings, piped: string): Task {
  const scope = scopeOf(task, around);
  const argv = scope.expand(expandWords(command.words, scope));
  const assigned = Object.fromEntries(command.assignments.map(a => [a.name, scope.expand(expandText(a.value, scope))]));
  if (argv.length === 0) return {...task, vars: {...scope.vars, ...assigned}, status: 0};

  // 1. Redirections.
  let stdin = piped;
  const sinks: {stdout?: {path: string}; stderr?: {path: string} | 'stdout'; swap?: boolean} = {};
  for (const {fd, mode, target} of command.redirects) {
    if (mode === 'dup') {
      if (fd === 2) sinks.stderr = sinks.stdout ?? 'stdout';
      else sinks.swap = true;
      continue;
    }
    const named = scope.expand(expandText(target, scope));
    if (mode === 'here') {
      stdin = named;
      continue;
    }
    const path = resolvePath(task.cwd, named);
    if (mode === 'read') {
      const text = around.system.files.read(path);
      if (text === undefined) {
        around.out('stderr', `sh: can't open ${path}: no such file\n`);
        return {...task, vars: scope.vars, status: 1};
      }
      stdin = text;
      continue;
    }
    if (path !== '/dev/null' && !path.startsWith('/dev/std') && path !== '/proc/1/fd/1') {
      const made = around.system.files.write(path, '', mode === 'append');
      if (made !== 'ok') {
        around.out('stderr', `sh: can't create ${path}: ${made === 'read-only' ? 'Read-only file system' : 'nonexistent directory'}\n`);
        return {...task, vars: scope.vars, status: 1};
      }
    }
    if (fd !== 2) sinks.stdout = {path};
    if (fd !== 1) sinks.stderr = {path};
  }
  const write = (stream: 'stdout' | 'stderr', text: string): void => {
    if (!text) return;
    const direction = sinks.swap ? 'stderr' : stream;
    const sink = direction === 'stderr' && sinks.stderr !== 'stdout' ? sinks.stderr : direction === 'stderr' ? undefined : sinks.stdout;
    const merged = direction === 'stderr' && sinks.stderr === 'stdout' ? 'stdout' : direction;
    if (!sink) around.out(merged, text);
    else if (sink.path === '/dev/stderr') around.out('stderr', text);
    else if (sink.path.startsWith('/dev/std') || sink.path === '/proc/1/fd/1') around.out('stdout', text);
    else if (sink.path !== '/dev/null') around.system.files.write(sink.path, text, true);
  };

  // 2. The program. `exec` puts it in the shell's place.
  const replaced = argv[0] === 'exec' && argv.length > 1;
  if (replaced) argv.shift();
  const name = argv[0]!;
  const binary = around.find(name);
  if (!binary) {
    write('stderr', `sh: ${name}: not found\n`);
    return {...task, vars: scope.vars, status: 127};
  }
  const outcome = binary({
    argv,
    env: {...around.env, ...scope.vars, ...assigned},
    stdin,
    cwd: task.cwd,
    system: around.system,
    has: program => around.find(program) !== undefined,
  } satisfies Invocation);
  write('stdout', outcome.stdout ?? '');
  write('stderr', outcome.stderr ?? '');
  if (EFFECTS.some(effect => outcome[effect])) around.effect(outcome);
  return applyOutcome({...task, vars: scope.vars, ...(replaced && {pc: Number.MAX_SAFE_INTEGER})}, outcome, around);
}

function applyOutcome(task: Task, outcome: Outcome, around: Surroundings): Task {
  const after: Task = {
    ...task,
    status: outcome.status ?? 0,
    ...(outcome.set && {vars: {...task.vars, ...outcome.set}}),
    ...(outcome.cwd && {cwd: outcome.cwd}),
  };
  if (outcome.exit !== undefined) return {...after, exitCode: outcome.exit};
  if (outcome.server)
    return {...after, server: outcome.server, ...(outcome.server.exit ? {wakeAt: outcome.server.exit.at} : {blocked: 'forever' as const})};
  if (outcome.sleep !== undefined) return {...after, wakeAt: around.system.now + outcome.sleep};
  if (outcome.block === 'jobs') return around.jobsRunning() ? {...after, blocked: 'jobs'} : after;
  if (outcome.block) return {...after, blocked: outcome.block};
  return after;
}

interface TaskScope extends Scope {
  readonly vars: Record<string, string>;
  /** Runs an expansion to its end: what it substitutes is done at once. */
  expand<T>(expansion: Expansion<T>): T;
}

function scopeOf(task: Task, around: Surroundings): TaskScope {
  const vars: Record<string, string> = {...task.vars};
  const outputOf = (script: string): string => {
    let output = '';
    const inner = {
      ...around,
      out: (stream: 'stdout' | 'stderr', text: string) => (stream === 'stdout' ? (output += text) : around.out(stream, text)),
    };
    // What would take time is taken to be done at once.
    let run = interpret({...newTask({script}, task.params, task.cwd), vars}, inner);
    for (let turns = 0; run.exitCode === undefined && run.wakeAt !== undefined && turns < 100; turns++) run = interpret(run, inner);
    return output;
  };
  return {
    vars,
    params: task.params,
    status: task.status,
    get: name => vars[name] ?? around.env[name],
    set: (name, value) => {
      vars[name] = value;
    },
    expand(expansion) {
      let next = expansion.next();
      while (!next.done) next = expansion.next(outputOf(next.value));
      return next.value;
    },
  };
}
