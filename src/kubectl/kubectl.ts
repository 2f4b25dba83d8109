/** kubectl: finds the command that is meant, reads its flags, runs it, and turns what goes wrong into kubectl's words and exit codes. */
import type {Command} from './command.ts';
import {commandGroups, commands} from './commands/commands.ts';
import {createContext} from './context.ts';
import {stderr, stdout} from './effects.ts';
import {Exit, Failure, failureText, usageError} from './failure.ts';
import {type FlagTable, type ParsedArguments, parseFlags} from './flags.ts';
import {GLOBAL_FLAGS} from './global-flags.ts';
import {helpPage, optionsPage, rootPage} from './help/help.ts';
import {didYouMean} from './suggest.ts';
import type {Effects, KubectlEnv, Ports} from './types.ts';

const HELP_FLAG = {help: {type: 'bool', short: 'h', value: 'false', usage: 'help', hidden: true}} satisfies FlagTable;

export interface Found {
  command: Command | undefined;
  /** `kubectl create deployment` */
  path: string;
  /** What stands behind the command's words. */
  rest: string[];
}

const takesValue = (word: string): boolean => {
  if (word.includes('=')) return false;
  const flags: FlagTable = GLOBAL_FLAGS;
  const name = word.startsWith('--') ? word.slice(2) : Object.keys(flags).find(n => flags[n]!.short && `-${flags[n]!.short}` === word);
  const flag = name === undefined || !Object.hasOwn(flags, name) ? undefined : flags[name];
  return flag !== undefined && flag.type !== 'bool' && flag.bare === undefined;
};

/** The command that the words name, from the outside in; flags may stand between. upstream: cobra Find */
export function findCommand(argv: readonly string[]): Found {
  let table = commands;
  let command: Command | undefined;
  let path = 'kubectl';
  const rest = [...argv];
  for (let at = 0; at < rest.length; ) {
    const word = rest[at]!;
    if (word === '--') break;
    if (word.startsWith('-')) {
      at += takesValue(word) ? 2 : 1;
      continue;
    }
    const next = table.find(c => c.name === word || c.aliases?.includes(word));
    if (!next) break;
    command = next;
    path = `${path} ${next.name}`;
    rest.splice(at, 1);
    if (!next.subcommands) break;
    table = next.subcommands;
  }
  return {command, path, rest};
}

/** All flags that a command knows. */
export const flagsOf = (command: Command): FlagTable => ({...GLOBAL_FLAGS, ...HELP_FLAG, ...command.flags});

function parseFor(command: Command, path: string, rest: readonly string[]): ParsedArguments {
  try {
    return parseFlags(flagsOf(command), rest, command.interspersed ?? true);
  } catch (error) {
    if (!(error instanceof Failure) || /^required flag/.test(error.message)) throw error;
    throw new Failure(`${error.message}\nSee '${path} --help' for usage.`);
  }
}

/** The flags before any command. Throws Failure. */
function parseGlobal(rest: readonly string[]): void {
  try {
    parseFlags({...GLOBAL_FLAGS, ...HELP_FLAG}, rest);
  } catch (error) {
    throw error instanceof Failure ? new Failure(`${error.message}\nSee 'kubectl --help' for usage.`) : error;
  }
}

function* runCommand(argv: readonly string[], env: KubectlEnv): Effects<number> {
  const {command, path, rest} = findCommand(argv);
  if (!command) {
    const word = rest.find(w => !w.startsWith('-'));
    if (word === 'help') {
      yield* stdout(rest.length > 1 ? helpFor(rest.slice(1)) : rootPage(commandGroups));
      return 0;
    }
    if (word === 'options') {
      yield* stdout(optionsPage());
      return 0;
    }
    if (word !== undefined)
      throw new Failure(
        `unknown command "${word}" for "kubectl"${didYouMean(
          word,
          commands.map(c => c.name),
        )}`,
      );
    parseGlobal(rest);
    yield* stdout(rootPage(commandGroups));
    return 0;
  }
  if (rest.some(word => word === '--help' || word === '-h') && !rest.includes('--')) {
    yield* stdout(helpPage(path, command));
    return 0;
  }
  const {args, flags, dash} = parseFor(command, path, rest);
  if (!command.run || (command.subcommands && !command.heedless && args.length > 0)) {
    if (args.length > 0)
      throw usageError(
        path,
        path === 'kubectl create' ? `Unexpected args: [${args.join(' ')}]` : `unknown command ${JSON.stringify(args.join(' '))}`,
      );
    // A command that is only a group of others has been used wrongly.
    yield* (command.alone?.stream === 'stdout' ? stdout : stderr)(helpPage(path, command));
    throw new Exit(command.alone?.exitCode ?? 1);
  }
  return (yield* command.run(createContext({env, path, args, flags, dash, argv, own: command.flags ?? {}}))) ?? 0;
}

function helpFor(words: readonly string[]): string {
  const {command, path} = findCommand(words);
  return command ? helpPage(path, command) : rootPage(commandGroups);
}

/** Runs kubectl with these words (without `kubectl` itself); ends with its exit code. Nothing is thrown. */
export function* kubectl(argv: readonly string[], env: KubectlEnv): Effects<number> {
  try {
    return yield* runCommand(argv, env);
  } catch (error) {
    const {text, exitCode} = failureText(error);
    if (error instanceof Failure && error.written) yield* stdout(error.written);
    yield* stderr(text);
    return exitCode;
  }
}

/** Gives a computation all that it asks for, at once. */
export function drive<T>(effects: Effects<T>, ports: Ports): {value: T; stdout: string; stderr: string} {
  const printed = {stdout: '', stderr: ''};
  for (let step = effects.next(); ; ) {
    if (step.done) return {...printed, value: step.value};
    const effect = step.value;
    if (effect.kind === 'stdout' || effect.kind === 'stderr') {
      printed[effect.kind] += effect.text;
      ports.print?.(effect.kind, effect.text);
      step = effects.next();
    } else if (effect.kind === 'request') step = effects.next(ports.request(effect.request));
    else if (effect.kind === 'sleep') {
      ports.sleep(effect.ms);
      step = effects.next();
    } else step = effects.next(ports.edit?.(effect.text, effect.file));
  }
}
