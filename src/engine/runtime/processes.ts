/** The life of a container's processes: they run until they wait, wake, take signals, run out of memory, end. */

import {copyWith} from '../api/clone.ts';
import {type NamespaceMode, TERMINATION_PATH_ANNOTATION, TERMINATION_POLICY_ANNOTATION} from '../api/cri.ts';
import {fileView, type Layer, layerOf} from './files.ts';
import {entryOf} from './images.ts';
import {appendLog, readLog} from './logs.ts';
import {type FoundContainer, findContainer, listPods, podSubject, type RuntimeNode, savePod, withContainer} from './node.ts';
import {KILLED, sizeOf} from './process/binaries/system.ts';
import {findBinary, programName, saidBefore, termHandlingOf, unwrap} from './process/programs.ts';
import {type Effect, interpret, newTask, type Surroundings} from './process/shell/interpret.ts';
import type {Outcome, System} from './process/system.ts';
import type {Process, Task} from './process/types.ts';
import {localNetwork, portTaken} from './sockets.ts';
import type {ContainerRecord, PodRecord, Sandbox} from './types.ts';
import {oomTime} from './usage.ts';

/** Exit codes of signals. */
export const SIGKILL_EXIT = 137;

const SHELL = /^(sh|bash|ash|dash|zsh)$/;
/** What a process that says nothing of its memory uses. */
const DEFAULT_MEMORY = sizeOf('2Mi');

/** The command line of a container: the pod's, where it has one, else the image's. */
export function argvOf(
  {config}: Pick<ContainerRecord, 'config'>,
  entry: {entrypoint?: readonly string[]; cmd?: readonly string[]},
): readonly string[] {
  const command = config.command?.length ? config.command : (entry.entrypoint ?? []);
  const args = config.args?.length ? config.args : config.command?.length ? [] : (entry.cmd ?? []);
  return [...command, ...args];
}

/** A container's processes in the middle of one step: everything they do is gathered and stored once. */
interface Session {
  runtime: RuntimeNode;
  found: FoundContainer;
  sandbox: Sandbox;
  layer: Layer;
  process: Process;
  spawned: Task[];
  written?: number;
  around: Surroundings;
}

export function envOf({config}: Pick<ContainerRecord, 'config'>, hostname: string): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: hostname,
    ...Object.fromEntries((config.envs ?? []).map(({key, value}) => [key, value])),
    HOME: '/root',
  };
}

/** The world as a container's processes see it. */
export function systemOf(runtime: RuntimeNode, {container, pod}: FoundContainer, sandbox: Sandbox, layer: Layer): System {
  const entry = entryOf(runtime.options.images, container.config.image.image);
  let network: System['network'] | undefined;
  return {
    get processes() {
      return processesSeen(runtime, {container, pod}, sandbox);
    },
    now: runtime.now,
    date: runtime.date,
    hostname: sandbox.config.hostname,
    addresses: sandbox.ip ? [sandbox.ip] : [],
    files: fileView(runtime, container, sandbox, entry, layer),
    // Few programs talk to others: the network is looked up for those that do.
    get network() {
      return (network ??= runtime.options.network?.(runtime.tx, runtime.node, sandbox) ?? localNetwork(runtime, pod, sandbox));
    },
    uid:
      container.config.linux?.securityContext?.runAsUser ??
      (typeof entry.user === 'number' ? entry.user : entry.user === undefined ? 0 : 1000),
  };
}

/** Who is in a container's PID namespace: it alone (and the one it was pointed at), the pause process and all of the pod, or everything on the node. */
function processesSeen(runtime: RuntimeNode, {container, pod}: FoundContainer, sandbox: Sandbox): string[] {
  const commandOf = (c: ContainerRecord): string => argvOf(c, entryOf(runtime.options.images, c.config.image.image)).join(' ');
  const running = (pods: readonly PodRecord[]): string[] =>
    pods.flatMap(p => p.containers.filter(c => c.state === 'CONTAINER_RUNNING').reverse()).map(commandOf);
  const target = pod.containers.find(c => c.id === container.config.linux?.pidTarget);
  const namespaces: Record<NamespaceMode, () => string[]> = {
    CONTAINER: () => [...(target?.state === 'CONTAINER_RUNNING' ? [target] : []), container].map(commandOf),
    POD: () => ['/pause', ...running([pod])],
    NODE: () => ['/sbin/init', '/usr/bin/kubelet', `/usr/bin/${runtime.flavour.program}`, ...running(listPods(runtime))],
  };
  return namespaces[sandbox.config.linux.namespaces.pid]();
}

function openSession(runtime: RuntimeNode, found: FoundContainer, process: Process): Session {
  const {container, pod} = found;
  const sandbox = pod.sandboxes.find(s => s.id === container.sandboxId)!;
  const entry = entryOf(runtime.options.images, container.config.image.image);
  const layer = layerOf(container);
  const session: Session = {runtime, found, sandbox, layer, process, spawned: [], around: undefined as never};
  session.around = {
    system: systemOf(runtime, found, sandbox, layer),
    env: envOf(container, sandbox.config.hostname),
    find: program => findBinary(program, entry),
    out: (stream, text) => appendLog(runtime, container.id, stream, text),
    spawn: job => session.spawned.push(job),
    effect: outcome => applyEffect(session, outcome),
    jobsRunning: () => session.process.jobs.length + session.spawned.length > 0,
  };
  return session;
}

function applyEffect(session: Session, {trap, memory, cpuMilli, forks, written}: Pick<Outcome, Effect>): void {
  const {process, runtime} = session;
  if (trap && trap.script !== KILLED && trap.signals.some(s => s === 'TERM' || s === '15'))
    session.process = {...process, term: trap.script ? {kind: 'trap', script: trap.script} : {kind: 'ignore'}};
  if (memory) session.process = {...session.process, memory: {base: memory.base, perSecond: memory.perSecond, since: runtime.now}};
  if (cpuMilli !== undefined) session.process = {...session.process, cpuMilli};
  if (forks !== undefined) session.process = {...session.process, forks};
  if (written !== undefined) session.written = written;
}

/** The first task of a container: a shell's script is interpreted, anything else is one command. */
export function mainTask(argv: readonly string[], workingDir: string): Task {
  const at = argv.findIndex((a, i) => i > 0 && /^-[a-z]*c$/.test(a));
  const shell = SHELL.test(programName(argv[0] ?? '')) && at > 0;
  if (!shell) return newTask({argv}, [argv[0] ?? ''], workingDir);
  const errexit = argv.slice(1, at + 1).some(a => /^-[a-z]*e/.test(a));
  const script = `${errexit ? 'set -e\n' : ''}${argv[at + 1] ?? ''}`;
  return newTask({script}, [argv[at + 2] ?? 'sh', ...argv.slice(at + 3)], workingDir);
}

const FOR_EVER = ['tail', '-f', '/dev/null'];

/** A shell whose standard input stays open reads from it until it is ended; where the input goes with the first client, it is at its end at once. */
const waitsForInput = ({config}: ContainerRecord, argv: readonly string[]): boolean =>
  Boolean(config.stdin && !config.stdinOnce) &&
  SHELL.test(programName(argv[0] ?? '')) &&
  argv.slice(1).every(word => /^-[a-z]*[^c]$/.test(word));

/** Executes the container's command. The caller has seen to it that the program can be executed. */
export function startProcesses(runtime: RuntimeNode, found: FoundContainer): void {
  const {container} = found;
  const entry = entryOf(runtime.options.images, container.config.image.image);
  const whole = argvOf(container, entry);
  const argv = unwrap(whole, entry);
  const sandbox = found.pod.sandboxes.find(s => s.id === container.sandboxId)!;
  const process: Process = {
    main: mainTask(waitsForInput(container, argv) ? FOR_EVER : argv, container.config.workingDir ?? '/'),
    jobs: [],
    term: termHandlingOf(argv, entry, sandbox.config.linux.namespaces.pid === 'POD'),
    memory: {base: DEFAULT_MEMORY, perSecond: 0, since: runtime.now},
    cpuMilli: 1,
  };
  const session = openSession(runtime, found, process);
  session.around.out('stdout', saidBefore(whole, entry));
  goOn(session);
  settle(session);
}

/** Lets the first process go on. What it does to the whole is in the session when it comes back. */
function goOn(session: Session, go: (session: Session) => Task = s => run(s, s.process.main)): void {
  const main = go(session);
  session.process = copyWith(session.process, {main});
}

/** Lets a task go on, if it is its time. */
function run(session: Session, task: Task): Task {
  const {runtime, around} = session;
  const exit = task.server?.exit;
  if (exit) {
    if (exit.at > runtime.now) return task;
    if (exit.lastWords) around.out('stderr', exit.lastWords);
    return {...task, exitCode: exit.code};
  }
  const next = interpret(task, around);
  const taken =
    next.server && !task.server ? next.server.ports.find(port => portTaken(runtime, session.found, session.sandbox, port)) : undefined;
  if (taken === undefined) return next;
  around.out('stderr', `bind() to 0.0.0.0:${taken} failed (98: Address already in use)\n`);
  return {...next, server: undefined, wakeAt: undefined, blocked: undefined, exitCode: 1};
}

/** The time of a container's next event has come. */
export function wakeContainer(runtime: RuntimeNode, id: string): void {
  const found = findContainer(runtime, id);
  const {container} = found;
  if (container.state !== 'CONTAINER_RUNNING' || !container.process) return;
  const {process} = container;
  const due = (at: number | undefined): boolean => at !== undefined && at <= runtime.now;

  // 1. Ends from outside: memory, the second signal, the first one obeyed.
  const end = due(oomTime(container))
    ? {code: SIGKILL_EXIT, reason: 'OOMKilled'}
    : due(process.ending?.at)
      ? {code: process.ending!.code}
      : due(container.killAt)
        ? {code: SIGKILL_EXIT}
        : undefined;
  if (end) {
    finish(runtime, found, end.code, end.reason);
    return;
  }

  // 2. Tasks whose sleep is over.
  const session = openSession(runtime, found, process);
  const jobs = process.jobs.map(job => (due(job.wakeAt) ? run(session, job) : job)).filter(job => job.exitCode === undefined);
  session.process = {...session.process, jobs};
  if (due(process.main.wakeAt)) goOn(session, afterTrap);
  settle(session);
}

/** A trap waits for the command in the foreground: its turn is before the shell's next command. */
function afterTrap(session: Session): Task {
  const {process} = session;
  if (process.pendingTrap === undefined) return run(session, process.main);
  session.process = {...process, pendingTrap: undefined};
  const {main} = process;
  const handler = interpret({...newTask({script: process.pendingTrap}, main.params, main.cwd), vars: main.vars}, session.around);
  // `exit` in it ends the shell; a wait in it is the shell's.
  if (handler.exitCode !== undefined && !/\bexit\b/.test(process.pendingTrap)) return run(session, main);
  return handler;
}

/** Jobs that were begun, jobs that ended, and what to wait for next. */
function settle(session: Session): void {
  for (let turn = 0; turn < 100; turn++) {
    const begun = session.spawned.splice(0);
    if (begun.length > 0) {
      const jobs = begun.map(job => run(session, job)).filter(job => job.exitCode === undefined);
      session.process = {...session.process, jobs: [...session.process.jobs, ...jobs]};
      continue;
    }
    if (session.process.main.blocked === 'jobs' && session.process.jobs.length === 0) {
      goOn(session);
      continue;
    }
    break;
  }
  const {runtime, found, process, layer} = session;
  const {container} = found;
  const next: ContainerRecord = copyWith(container, {
    process,
    ...(layer.changed && {files: layer.files}),
    ...(session.written !== undefined && {written: session.written}),
  });
  const code = process.main.exitCode;
  if (code === undefined) store(runtime, {...found, container: next});
  else finish(runtime, {...found, container: next}, code);
}

/** Stores a running container and sets its alarm. */
export function store(runtime: RuntimeNode, {pod, container}: FoundContainer): void {
  savePod(runtime, withContainer(pod, container));
  runtime.wakeAt(container.id, nextEvent(container), container.startedAt ?? runtime.now);
}

function nextEvent(container: ContainerRecord): number | undefined {
  const {process} = container;
  if (!process) return undefined;
  const times = [process.main.wakeAt, ...process.jobs.map(j => j.wakeAt), process.ending?.at, container.killAt, oomTime(container)];
  const known = times.filter((t): t is number => t !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** upstream: MaxContainerTerminationMessageLength, and its lesser limits for logs. */
const MESSAGE_BYTES = 4096;
const LOG_MESSAGE_BYTES = 2048;
const LOG_MESSAGE_LINES = 80;

/** What it left in its termination log; the end of its output, if the pod wants that of a failure. */
function terminationMessage(runtime: RuntimeNode, {id, files, config}: ContainerRecord, exitCode: number): string | undefined {
  const path = config.annotations?.[TERMINATION_PATH_ANNOTATION] ?? '/dev/termination-log';
  const written = files?.[path];
  if (written) return written.slice(0, MESSAGE_BYTES);
  if (exitCode === 0 || config.annotations?.[TERMINATION_POLICY_ANNOTATION] !== 'FallbackToLogsOnError') return undefined;
  const lines = readLog(runtime, id).slice(-LOG_MESSAGE_LINES);
  return lines
    .map(line => `${line.text}\n`)
    .join('')
    .slice(-LOG_MESSAGE_BYTES);
}

/** The container has ended. */
export function finish(runtime: RuntimeNode, {pod, container}: FoundContainer, exitCode: number, reason?: string): void {
  const why = reason ?? (exitCode === 0 ? 'Completed' : 'Error');
  const {process: _process, killAt: _killAt, ...rest} = container;
  const message = terminationMessage(runtime, container, exitCode);
  const ended: ContainerRecord = {
    ...rest,
    state: 'CONTAINER_EXITED',
    finishedAt: runtime.now,
    exitCode,
    reason: why,
    ...(message && {message}),
  };
  savePod(runtime, withContainer(pod, ended));
  runtime.wakeAt(container.id, undefined, 0);
  if (runtime.tx.noting) runtime.trace(podSubject(pod), `container ${container.config.metadata.name} exited ${exitCode} (${why})`);
  runtime.changed(pod.uid);
}

/** Sends the polite signal; says when the container will have ended if nothing else does it. */
export function deliverTerm(runtime: RuntimeNode, found: FoundContainer, killAt?: number): number | undefined {
  const {container} = found;
  const process = container.process!;
  const {term, main} = process;
  const deadline = killAt === undefined ? container.killAt : Math.min(killAt, container.killAt ?? killAt);
  const waiting: ContainerRecord = {...container, ...(deadline !== undefined && {killAt: deadline})};
  const orKilled = (at: number): number => (deadline === undefined ? at : Math.min(at, deadline));
  if (process.ending) {
    store(runtime, {...found, container: waiting});
    return orKilled(process.ending.at);
  }
  if (term.kind === 'exit') {
    const at = runtime.now + term.after;
    store(runtime, {...found, container: {...waiting, process: {...process, ending: {at, code: term.exitCode}}}});
    return orKilled(at);
  }
  if (term.kind === 'trap') {
    const trapped: Process = {...process, pendingTrap: term.script};
    const interruptible = main.blocked === 'jobs';
    store(runtime, {
      ...found,
      container: {...waiting, process: interruptible ? {...trapped, main: {...main, wakeAt: runtime.now}} : trapped},
    });
    if (interruptible) wakeContainer(runtime, container.id);
    const after = findContainer(runtime, container.id).container;
    if (after.state === 'CONTAINER_EXITED') return runtime.now;
    const {wakeAt} = after.process!.main;
    return wakeAt === undefined ? deadline : orKilled(wakeAt);
  }
  store(runtime, {...found, container: waiting});
  return deadline;
}
