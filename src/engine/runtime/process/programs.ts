/** Which program a command is in an image, and how it behaves. */
import type {ImageEntry, ServeProgram} from '../catalogue/catalogue.ts';
import {interpreter, LANGUAGES, oneLiner} from './binaries/languages.ts';
import {networkBinaries} from './binaries/network.ts';
import {sizeOf, systemBinaries} from './binaries/system.ts';
import {textBinaries} from './binaries/text.ts';
import {demoApp, demoTermHandling} from './demo-app.ts';
import {entrypointGreeting, greeting} from './greetings.ts';
import {interpret, newTask} from './shell/interpret.ts';
import type {Binary, Outcome} from './system.ts';
import type {TermHandling} from './types.ts';

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh']);

const builtins: Readonly<Record<string, Binary>> = {...textBinaries, ...systemBinaries};

export const programName = (command: string): string => command.split('/').at(-1) ?? command;

/** Entrypoint scripts of official images: they set things up and execute their arguments. */
const isWrapper = (name: string): boolean =>
  /^(docker-)?(php-)?entrypoint(\.sh)?$|^docker-.*entrypoint(\.sh)?$|^tini$|^dumb-init$/.test(name);

/** The command that a wrapper executes in the end; the image's own where it has no other argument. */
export function unwrap(argv: readonly string[], entry: ImageEntry): readonly string[] {
  let rest = argv;
  while (rest.length > 0 && isWrapper(programName(rest[0]!))) {
    const next = rest.slice(1).filter((a, i) => !(i === 0 && a === '--'));
    if (next.length === 0 || next[0]!.startsWith('-')) return [entry.cmd?.[0] ?? OWN_PROGRAM, ...next];
    rest = next;
  }
  return rest;
}

/** What the script writes that a command line begins with, before it executes the program that the image is made for. */
export function saidBefore(argv: readonly string[], entry: ImageEntry): string {
  const program = unwrap(argv, entry);
  const isWrapped = program[0] !== argv[0] && isOwnProgram(programName(program[0] ?? ''), entry);
  return isWrapped ? entrypointGreeting(entry.program?.serve?.greeting) : '';
}

const OWN_PROGRAM = 'the image’s own program';

/** Whether a command is the one that the image is made for. */
function isOwnProgram(name: string, entry: ImageEntry): boolean {
  if (!entry.program) return false;
  if (name === OWN_PROGRAM) return true;
  const own = [entry.entrypoint?.[0], entry.cmd?.[0], ...(entry.tools ?? [])].filter(c => c !== undefined).map(programName);
  return own.includes(name) && !networkBinaries[name] && !SHELLS.has(name);
}

const isOwnOrTool = (name: string, entry: ImageEntry): boolean => isOwnProgram(name, entry) || (entry.tools ?? []).includes(name);

/** Finds a program for a name or path; undefined: it cannot be executed in this image. */
export function findBinary(command: string, entry: ImageEntry): Binary | undefined {
  const name = programName(command);
  if (isWrapper(name)) return wrapper(entry);
  if (LANGUAGES.has(name) && isOwnOrTool(name, entry))
    return call => (oneLiner(call.argv) !== undefined || !entry.program ? interpreter : ownProgram(entry))(call);
  if (isOwnProgram(name, entry)) return ownProgram(entry);
  if (networkBinaries[name]) return entry.tools?.includes(name) ? networkBinaries[name] : undefined;
  if (name === 'agnhost' && entry.tools?.includes('agnhost')) return agnhost;
  if (name === 'stress') return entry.tools?.includes('stress') ? builtins['stress'] : undefined;
  if (entry.tools?.includes(name) && builtins[name] === undefined && !SHELLS.has(name))
    return entry.program ? ownProgram(entry) : clientTool;
  if (entry.shell === false) return undefined;
  if (SHELLS.has(name)) return nestedShell(entry);
  return builtins[name] ?? (entry.anyProgram && entry.program ? ownProgram(entry) : undefined);
}

/** A tool that the catalogue lists without saying what it does: it succeeds, silently. */
const clientTool: Binary = () => ({status: 0});

const wrapper =
  (entry: ImageEntry): Binary =>
  call => {
    const argv = unwrap(call.argv, entry);
    return findBinary(argv[0]!, entry)?.({...call, argv}) ?? {stderr: `exec: ${argv[0]}: not found\n`, status: 127};
  };

/** A shell within a shell: run through at once; its waits are taken together. */
const nestedShell =
  (entry: ImageEntry): Binary =>
  call => {
    const at = call.argv.findIndex(a => /^-[a-z]*c$/.test(a));
    const file = call.argv[1];
    const script = at >= 0 ? call.argv[at + 1] : file === undefined ? call.stdin : call.system.files.read(file);
    if (script === undefined) return {stderr: `sh: 0: cannot open ${file}: No such file\n`, status: 2};
    let stdout = '';
    let stderr = '';
    let waited = 0;
    const around = {
      system: call.system,
      env: call.env,
      find: (program: string) => findBinary(program, entry),
      out: (stream: 'stdout' | 'stderr', text: string) => (stream === 'stdout' ? (stdout += text) : (stderr += text)),
      spawn: () => {},
      effect: () => {},
      jobsRunning: () => false,
    };
    let task = interpret(newTask({script}, call.argv.slice(at + 2), call.cwd), around);
    for (let turn = 0; task.exitCode === undefined && turn < 1000; turn++) {
      if (task.wakeAt === undefined) return {stdout, stderr, ...(task.server ? {server: task.server} : {block: 'forever'})};
      waited += Math.max(0, task.wakeAt - call.system.now);
      task = interpret(task, around);
    }
    return {stdout, stderr, status: task.exitCode ?? 0, ...(waited > 0 && {sleep: waited})};
  };

function ownProgram(entry: ImageEntry): Binary {
  const {serve, run, idle, demo} = entry.program!;
  if (serve) return server(serve);
  if (demo) return demoApp;
  if (run) return () => ({stdout: run.output, exit: run.exitCode});
  return () => ({block: 'forever', memory: {base: sizeOf(idle!.memory), perSecond: 0}, cpuMilli: 0});
}

const server =
  (program: ServeProgram): Binary =>
  ({argv, env, system}): Outcome => {
    if (program.requireEnv && !program.requireEnv.some(name => env[name] !== undefined)) return {stderr: `${program.complaint}\n`, exit: 1};
    const option = (flag: string | undefined): string | undefined => {
      if (!flag) return undefined;
      const inline = argv.find(a => a.replace(/^-+/, '').startsWith(`${flag.replace(/^-+/, '')}=`));
      if (inline) return inline.slice(inline.indexOf('=') + 1);
      const at = argv.findIndex(a => a.replace(/^-+/, '') === flag.replace(/^-+/, ''));
      return at >= 0 ? argv[at + 1] : undefined;
    };
    const text = option(program.textArg);
    const port = option(program.portArg) ?? portOf(argv, env);
    const ports = port ? [Number(String(port).replace(/^.*:/, '')), ...program.ports.slice(1)] : program.ports;
    const from = system.now + program.startup;
    const paths =
      program.paths &&
      Object.fromEntries(
        Object.entries(program.paths).map(([path, p]) => [
          path,
          {...p, ...(p.failAfter !== undefined && {failAfter: system.now + p.failAfter})},
        ]),
      );
    const stdout = greeting(program.greeting, system);
    return {
      ...(stdout && {stdout}),
      server: {
        ports,
        readyAt: from,
        protocol: program.protocol ?? 'http',
        ...(text !== undefined ? {body: `${text}\n`} : program.body !== undefined && {body: program.body}),
        ...(paths && {paths}),
      },
      memory: {base: sizeOf(program.memory), perSecond: 0},
      cpuMilli: 2,
    };
  };

/** `python -m http.server 8000`, `--port 8080`, PORT. */
function portOf(argv: readonly string[], env: Readonly<Record<string, string>>): string | undefined {
  const inline = argv.map(a => /^--?(?:port|p|http-port)=(\d+)$/.exec(a)?.[1]).find(Boolean);
  const at = argv.findIndex(a => a === '--port' || a === '-p' || a === 'http.server' || a === '--http-port');
  const next = at >= 0 ? argv[at + 1] : undefined;
  return inline ?? (next && /^\d+$/.test(next) ? next : undefined) ?? env['PORT'];
}

/** The test image of Kubernetes: several programs in one. */
const agnhost: Binary = call => {
  const [, command = 'pause', ...args] = call.argv;
  const flag = (name: string, otherwise: string): string =>
    args.map(a => a.match(new RegExp(`^--?${name}=(.*)$`))?.[1]).find(Boolean) ?? otherwise;
  const listen = (port: number, body: string): Outcome => ({
    server: {ports: [port], readyAt: call.system.now + 100, protocol: 'http', body},
    memory: {base: sizeOf('10Mi'), perSecond: 0},
    cpuMilli: 2,
  });
  switch (command) {
    case 'netexec':
      return listen(Number(flag('http-port', '8080')), 'agnhost');
    case 'serve-hostname':
      return listen(Number(flag('port', '9376')), '{pod}\n');
    case 'porter':
    case 'test-webserver':
      return listen(Number(flag('port', '80')), 'agnhost');
    case 'liveness':
      return {
        server: {
          ports: [8080],
          readyAt: call.system.now + 100,
          protocol: 'http',
          body: 'ok',
          paths: {'/healthz': {status: 500, failAfter: call.system.now + 10_000}},
        },
        memory: {base: sizeOf('5Mi'), perSecond: 0},
      };
    default:
      return {block: 'forever', memory: {base: sizeOf('2Mi'), perSecond: 0}, cpuMilli: 0};
  }
};

/**
 * How PID 1 takes the polite signal. A process that has no handler for it never sees it as the first of its namespace: it is killed when the grace is over.
 * With a shared PID namespace the pause process is first, and the default action (to end, 143) applies.
 */
export function termHandlingOf(argv: readonly string[], entry: ImageEntry, sharedPid: boolean): TermHandling {
  const [command = '', ...rest] = unwrap(argv, entry);
  const name = programName(command);
  const byDefault: TermHandling = sharedPid ? {kind: 'exit', exitCode: 143, after: 5} : {kind: 'ignore'};
  if (name === 'agnhost' && entry.tools?.includes('agnhost')) return {kind: 'exit', exitCode: 2, after: 5};
  const unknown = entry.anyProgram === true && !builtins[name] && !SHELLS.has(name);
  if (!isOwnProgram(name, entry) && !unknown) return byDefault;
  const {serve, demo, idle} = entry.program!;
  if (demo) return demoTermHandling([name, ...rest]);
  const term = serve?.term ?? idle?.term;
  if (term) return {kind: 'exit', exitCode: term.exitCode, after: term.after};
  // Interpreters install no handler; compiled servers do.
  if (/^(node|python3?|perl|jshell|gunicorn)$/.test(name)) return byDefault;
  return {kind: 'exit', exitCode: 0, after: 150};
}
