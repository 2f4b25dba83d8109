/** Commands executed in a running container, beside its own. upstream: containerd internal/cri/server/container_execsync.go */
import {CriError, type ExecResult} from '../api/cri.ts';
import {layerOf} from './files.ts';
import {entryOf} from './images.ts';
import {findContainer, type RuntimeNode, savePod, withContainer} from './node.ts';
import {KILLED} from './process/binaries/system.ts';
import {findBinary} from './process/programs.ts';
import {interpret} from './process/shell/interpret.ts';
import type {Task} from './process/types.ts';
import {deliverTerm, envOf, mainTask, systemOf} from './processes.ts';

const EXEC_MS = 15;

/** Turns of a command that sleeps again and again before it is taken to never end. */
const MAX_TURNS = 500;

/** Runs a command to its end. What it does to files is done at once; how long it would take is in the answer. Throws CriError. */
export function execSync(
  runtime: RuntimeNode,
  id: string,
  command: readonly string[],
  {stdin = '', timeoutSeconds = 0}: {stdin?: string; timeoutSeconds?: number} = {},
): ExecResult {
  const found = findContainer(runtime, id);
  const {container, pod} = found;
  if (container.state !== 'CONTAINER_RUNNING')
    throw new CriError('Unknown', `failed to exec in container: container is in ${container.state} state`);
  const entry = entryOf(runtime.options.images, container.config.image.image);
  const program = command[0] ?? '';
  if (!findBinary(program, entry))
    throw new CriError(
      'Unknown',
      `failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": ${
        program.includes('/') ? `stat ${program}: no such file or directory` : 'executable file not found in $PATH'
      }`,
    );
  const sandbox = pod.sandboxes.find(s => s.id === container.sandboxId)!;
  const layer = layerOf(container);
  const system = systemOf(runtime, found, sandbox, layer);
  let stdout = '';
  let stderr = '';
  let signalled = false;
  const around = {
    system,
    env: envOf(container, sandbox.config.hostname),
    find: (name: string) => findBinary(name, entry),
    out: (stream: 'stdout' | 'stderr', text: string) => (stream === 'stdout' ? (stdout += text) : (stderr += text)),
    spawn: () => {},
    effect: ({trap}: {trap?: {script: string}}) => {
      signalled ||= trap?.script === KILLED;
    },
    jobsRunning: () => false,
  };

  // A bare shell reads its commands from standard input.
  const bare = /(^|\/)(sh|bash|ash|dash|zsh)$/.test(program) && command.slice(1).every(a => a.startsWith('-') && !/c$/.test(a));
  let task: Task = bare
    ? mainTask(['sh', '-c', stdin], container.config.workingDir ?? '/')
    : mainTask(command, container.config.workingDir ?? '/');
  let tookMs = EXEC_MS;
  for (let turn = 0; task.exitCode === undefined && turn < MAX_TURNS; turn++) {
    task = interpret(task, around);
    if (task.exitCode !== undefined) break;
    if (task.wakeAt === undefined) tookMs = Number.POSITIVE_INFINITY;
    else tookMs += Math.max(0, task.wakeAt - runtime.now);
    if (task.wakeAt === undefined) break;
  }
  if (layer.changed) savePod(runtime, withContainer(pod, {...container, files: layer.files}));
  if (signalled) deliverTerm(runtime, findContainer(runtime, id));
  if (timeoutSeconds > 0 && tookMs > timeoutSeconds * 1000)
    throw new CriError('DeadlineExceeded', `failed to exec in container: timeout ${timeoutSeconds}s exceeded: context deadline exceeded`);
  return {stdout, stderr, exitCode: task.exitCode ?? 0, tookMs};
}
