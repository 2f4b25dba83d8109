/** The command line: reads the arguments, chooses a command. */
import {Command, CommanderError, InvalidArgumentError, Option} from 'commander';
import {stoppedPrograms} from '../engine/cluster/programs.ts';
import {suggestions} from '../kubectl/suggest.ts';
import {addClassroom} from './classroom-commands.ts';
import type {OpenOptions, Wish} from './commands/open.ts';
import {Failure} from './failure.ts';
import {firstPaint, onScreen} from './front-end.ts';
import {warn} from './output.ts';

declare const PODYSSEY_VERSION: string;

const integer =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least) throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
    return value;
  };
const port = (text: string): number => {
  const value = integer(0)(text);
  if (value > 65_535) throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  return value;
};
const speed = (text: string): number | 'max' => {
  const value = Number(text);
  if (text === 'max') return text;
  if (!(value > 0) || value > 100_000) throw new InvalidArgumentError('It must be max, or a number above 0.');
  return value;
};
const collect = (text: string, before: string[] | undefined): string[] => [...(before ?? []), text];
const programs = (text: string): string[] => {
  const named = text
    .split(',')
    .map(s => s.trim())
    .filter(Boolean);
  try {
    stoppedPrograms({}, named);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as RangeError).message}.`);
  }
  return named;
};

/** Of each there is a profile (engine/cluster/profiles); written out, so that the command line need not load the engine. */
export const RELEASES = ['1.9', '1.18', '1.20', '1.36'];

/** What every command takes. */
const common = (command: Command): Command =>
  command.option('--no-color', 'no colours').option('--debug', 'show stack traces').exitOverride().showSuggestionAfterError(true);

/** What every command that starts a cluster takes. */
const withCluster = (command: Command): Command =>
  common(command)
    .option('--seed <n>', 'seed of everything that is random', integer(0), 1)
    .option('--nodes <n>', 'how many nodes', integer(0), 3)
    .option('--off <components>', 'programs that are present but stopped: kube-scheduler,kubelet,...', programs, []);

/** What every command with a screen of its own takes. */
const withLooks = (command: Command): Command =>
  command
    .addOption(new Option('--theme <name>', 'colours').choices(['dark', 'light', 'high-contrast', 'mono']))
    .option('--ascii', 'only ASCII characters')
    .option('--plain', 'lines instead of a screen');

/** What every command that opens the game takes. */
const withScreen = (command: Command): Command =>
  withLooks(withCluster(command))
    .addOption(new Option('--redraw <how>', 'how the screen is drawn').choices(['lines', 'full']).default('lines'))
    .option('--workspace <folder>', 'a folder of yours that holds the files: for your own editor');

/** Opens the game; the screen is there before the program is. */
async function openGame(wish: Wish, options: OpenOptions): Promise<void> {
  const takeBack = onScreen(options) ? firstPaint(options) : undefined;
  try {
    await (await import('./commands/open.ts')).open(wish, options);
  } catch (error) {
    takeBack?.();
    throw error;
  }
}

/** A word that is no command may be meant as a lesson or a file. */
function unknownCommand(word: string, {commands}: Command): string {
  const names = commands.map(command => command.name());
  const near = /^\d+\.\w+$|\.ya?ml$/.test(word) ? [`play ${word}`] : suggestions(word, names);
  return `there is no command ${word}; ${near.length ? `did you mean podyssey ${near.join(', podyssey ')}?` : `there are ${names.join(', ')}`}`;
}

const EXAMPLES = `
Without a command it opens the course. Examples:
  podyssey                        the course, from where you are
  podyssey play 1.1               its first lesson, six minutes
  podyssey sandbox                a cluster of your own
  podyssey run -f pod.yaml        the birth of a pod as a story, without a screen
  podyssey serve                  the cluster for your own kubectl`;

function build(): Command {
  const program = new Command('podyssey')
    .description('Cause the birth of a Kubernetes pod and watch every part do its true work.')
    .version(PODYSSEY_VERSION)
    .enablePositionalOptions()
    .addHelpText('after', EXAMPLES);
  withScreen(program)
    .allowExcessArguments()
    .action((options, {args: [word]}: Command) => {
      if (word !== undefined) throw new Failure(unknownCommand(word, program), 2);
      return openGame({}, options);
    });

  withScreen(program.command('play').description('play one lesson, or the lessons of a class'))
    .argument('[lesson]', 'its number, its id, or a file of yours; without it, the course is opened')
    .option('--class <file>', 'a class file: its lessons, in the variant that is yours')
    .option('--student <name>', 'who you are in the class')
    .option('--share <folder>', 'where the class sees how far you are')
    .action((lesson: string | undefined, {class: file, student, share, ...options}) => {
      return openGame({...(lesson !== undefined && {lesson}), ...(file !== undefined && {class: {file, student, share}})}, options);
    });
  withScreen(
    program.command('sandbox').description('free play').option('-f, --filename <file>', 'manifests to begin with', collect),
  ).action(options => openGame({sandbox: options.filename ?? []}, options));
  withScreen(
    program.command('test-out').description('skip a chapter by passing its test').argument('<chapter>', 'its number', integer(1)),
  ).action((testOut: number, options) => openGame({testOut}, options));
  common(program.command('progress').description('what you have done: show, export, import, merge, reset'))
    .argument('[what]', 'show, export, import, merge or reset', 'show')
    .argument('[file...]', 'progress files; of reset: lessons')
    .action(async (what: string, files: string[]) => (await import('./commands/progress.ts')).progress(what, files));
  withCluster(program.command('run').description('headless: apply manifests or run a script on a fresh cluster and tell what happened'))
    .option('-f, --filename <file>', 'manifests; - is standard input', collect)
    .option('--script <file>', 'kubectl lines')
    .option('--as <user>', 'who applies them')
    .addOption(new Option('--profile <version>', 'a cluster set up as in that version').choices(RELEASES))
    .option('--until <when>', 'idle, or a duration such as 5m', 'idle')
    .addOption(new Option('-o, --output <format>', 'how it is told').choices(['text', 'json']).default('text'))
    .action(async options => (await import('./commands/run.ts')).run(options));
  withCluster(program.command('serve').description('the cluster as a Kubernetes API on 127.0.0.1, for a real kubectl'))
    .option('-f, --filename <file>', 'manifests to begin with; - is standard input', collect)
    .option('--port <port>', 'where it listens; 0 is any that is free', port, 0)
    .option('--speed <n>', 'virtual seconds a second, or max: a request returns when what it caused has come to rest', speed, 1)
    .option('--kubeconfig <file>', 'where the kubeconfig is written; it is removed at the end')
    .addOption(new Option('--as-of <version>', 'set up and answering as a server of that version').choices(RELEASES))
    .action(async options => (await import('./commands/serve.ts')).serve(options));
  withCluster(program.command('then-now').description('what became of the same manifests in 2017, in 2020, and today'))
    .argument('<file...>', 'manifests; - is standard input')
    .addOption(new Option('-o, --output <format>', 'how it is told').choices(['text', 'json']).default('text'))
    .action(async (files: string[], options) => (await import('./commands/then-now.ts')).thenNow(files, options));
  addClassroom(program, {common, withLooks}, PODYSSEY_VERSION);
  common(program.command('lessons').description('the lessons: list, check, test, new, coverage, schema'))
    .argument('[what]', 'list, check, test, new, coverage or schema', 'list')
    .argument('[file...]', 'lesson files')
    .action(async (what: string, files: string[]) => (await import('./commands/lessons.ts')).lessons(what, files));
  return program;
}

/** Does what the arguments ask for; returns the exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const program = build();
  try {
    await program.parseAsync([...argv], {from: 'user'});
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Failure) {
      warn(error.message);
      return error.exitCode;
    }
    const {message, stack} = error as Error;
    warn(argv.includes('--debug') ? String(stack) : `${message} (this is a fault of podyssey; --debug shows where)`);
    return 1;
  }
}
