/** `crictl`: what a node's runtime knows, whatever the API server says. upstream: kubernetes-sigs/cri-tools cmd/crictl */
import {EPOCH} from '../../../engine/api/clock.ts';
import {rfc3339Micro} from '../../../engine/api/time.ts';
import {findHost} from '../../../engine/client/hosts.ts';
import {readMemory} from '../../../engine/client/memory.ts';
import type {Memory} from '../../../engine/client/types.ts';
import type {Cluster} from '../../../engine/cluster/cluster.ts';
import {containerStatus} from '../../../engine/runtime/containers.ts';
import {runtimeOwner} from '../../../engine/runtime/node.ts';
import {sandboxStatus} from '../../../engine/runtime/sandboxes.ts';
import {
  type ContainerRecord,
  IMAGES,
  type ImageRecord,
  LOGS,
  type LogRecord,
  PODS,
  type PodRecord,
  type Sandbox,
} from '../../../engine/runtime/types.ts';
import {stderr, stdout} from '../../../kubectl/effects.ts';
import {alignTabs} from '../../../kubectl/text/tab-writer.ts';
import type {Program} from '../shell.ts';
import {hostNames, nodeWords} from './hosts.ts';

/** upstream: newDefaultTableDisplay, truncatedIDLen */
const CRICTL_TABS = {minWidth: 20, padding: 3};
const ID_LENGTH = 13;

type Reader = Pick<Memory, 'get' | 'list'>;

interface Look {
  readonly memory: Reader;
  readonly now: number;
  /** Flags such as `-a`. */
  readonly flags: ReadonlySet<string>;
}

const short = (id: string): string => id.replace(/^sha256:/, '').slice(0, ID_LENGTH);

const podsOf = ({memory}: Look): PodRecord[] => memory.list<PodRecord>(PODS).map(([, pod]) => pod);

/** The latest first, as the runtime lists them. */
const newestFirst = <T extends {createdAt: number}>(items: readonly T[]): T[] => [...items].sort((a, b) => b.createdAt - a.createdAt);

/** upstream: docker/go-units HumanDuration */
function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [minutes, hours] = [Math.floor(seconds / 60), Math.round(seconds / 3600)];
  if (seconds < 1) return 'Less than a second ago';
  if (seconds === 1) return '1 second ago';
  if (seconds < 60) return `${seconds} seconds ago`;
  if (minutes === 1) return 'About a minute ago';
  if (minutes < 60) return `${minutes} minutes ago`;
  if (hours === 1) return 'About an hour ago';
  return hours < 48 ? `${hours} hours ago` : `${Math.floor(hours / 24)} days ago`;
}

/** upstream: docker/go-units HumanSizeWithPrecision(size, 3) */
function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** step).toPrecision(3))}${units[step]}`;
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  alignTabs([header, ...rows].map(row => `${row.join('\t')}\n`).join(''), CRICTL_TABS);

function ps(look: Look): string {
  const all = podsOf(look).flatMap(pod => pod.containers.map(container => ({...container, pod})));
  const shown = newestFirst(all).filter(c => look.flags.has('-a') || c.state === 'CONTAINER_RUNNING');
  const states: Record<ContainerRecord['state'], string> = {
    CONTAINER_CREATED: 'Created',
    CONTAINER_RUNNING: 'Running',
    CONTAINER_EXITED: 'Exited',
    CONTAINER_UNKNOWN: 'Unknown',
  };
  return table(
    ['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'],
    shown.map(({id, imageRef, createdAt, state, config, sandboxId, pod}) => [
      short(id),
      short(imageRef.split('@').at(-1)!),
      age(look.now - createdAt),
      states[state],
      config.metadata.name,
      String(config.metadata.attempt),
      short(sandboxId),
      pod.name,
      pod.namespace,
    ]),
  );
}

function pods(look: Look): string {
  const all = podsOf(look).flatMap(pod => pod.sandboxes.map(sandbox => ({...sandbox, pod})));
  return table(
    ['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'],
    newestFirst(all).map(({id, createdAt, state, config, runtimeHandler, pod}) => [
      short(id),
      age(look.now - createdAt),
      state === 'SANDBOX_READY' ? 'Ready' : 'NotReady',
      pod.name,
      pod.namespace,
      String(config.metadata.attempt),
      runtimeHandler || '(default)',
    ]),
  );
}

function images({memory}: Look): string {
  const rows = memory.list<ImageRecord>(IMAGES).map(([, image]) => {
    const at = image.name.lastIndexOf(':');
    return [image.name.slice(0, at), image.name.slice(at + 1), short(image.id), size(image.size)];
  });
  return table(['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'], rows);
}

const timeOrNever = (ms: number | undefined): string => (ms === undefined ? '0001-01-01T00:00:00Z' : rfc3339Micro(EPOCH + ms));

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** What the runtime was asked to make of a container, and what became of it. */
function inspect(container: ContainerRecord): string {
  const {createdAt, startedAt, finishedAt, ...status} = containerStatus(container);
  return json({
    status: {...status, createdAt: timeOrNever(createdAt), startedAt: timeOrNever(startedAt), finishedAt: timeOrNever(finishedAt)},
    info: {sandboxID: container.sandboxId, pid: container.pid ?? 0, config: container.config},
  });
}

const inspectSandbox = (sandbox: Sandbox): string =>
  json({
    status: {...sandboxStatus(sandbox), createdAt: timeOrNever(sandbox.createdAt)},
    info: {netns: sandbox.netns ?? '', config: sandbox.config},
  });

const log = (memory: Reader, {id}: {id: string}): string =>
  (memory.get<LogRecord>(LOGS, id)?.lines ?? []).map(({text}) => `${text}\n`).join('');

/** Views of a whole node. */
const LISTS: Readonly<Record<string, {about: string; show(look: Look): string}>> = {
  ps: {about: 'list containers (-a: those that have ended too)', show: ps},
  pods: {about: 'list pod sandboxes', show: pods},
  images: {about: 'list images', show: images},
};

/** Views of one thing, found by the beginning of its id on whichever node it is. */
const DETAILS: Readonly<Record<string, {about: string; of: 'containers' | 'sandboxes'; show(memory: Reader, thing: never): string}>> = {
  inspect: {about: 'show a container', of: 'containers', show: (_memory, container: ContainerRecord) => inspect(container)},
  inspectp: {about: 'show a pod sandbox', of: 'sandboxes', show: (_memory, sandbox: Sandbox) => inspectSandbox(sandbox)},
  logs: {about: 'print what a container has said', of: 'containers', show: log},
};

const memoryOf = ({machine}: Cluster, node: string): Reader => readMemory(machine, runtimeOwner(node));

/** By the beginning of its id, or by its name after `--name`. */
function find(cluster: Cluster, of: 'containers' | 'sandboxes', argv: readonly string[]): {memory: Reader; thing: never} | undefined {
  const named = argv[argv.indexOf('--name') + 1];
  const byName = argv.includes('--name');
  const prefix = argv.find(word => !word.startsWith('-')) ?? '';
  for (const node of hostNames(cluster)) {
    const memory = memoryOf(cluster, node);
    for (const [, pod] of memory.list<PodRecord>(PODS)) {
      const thing = pod[of].find(({id, config}) => (byName ? config.metadata.name === named : id.startsWith(prefix)));
      if (thing) return {memory, thing: thing as never};
    }
  }
  return undefined;
}

const commands = {...LISTS, ...DETAILS};

export const crictl: Program = {
  name: 'crictl',
  usage: 'crictl ps|pods|images [NODE], crictl inspect|inspectp|logs ID|--name NAME',
  about: "what a node's container runtime holds",
  *run([command = '', ...argv], {cluster}) {
    const [list, detail] = [LISTS[command], DETAILS[command]];
    const [word] = argv.filter(a => !a.startsWith('-'));
    if (list) {
      const node = word ?? hostNames(cluster)[0] ?? '';
      if (!findHost(cluster.machine, node)) {
        yield* stderr(`crictl: there is no node ${node}\n`);
        return 1;
      }
      yield* stdout(list.show({memory: memoryOf(cluster, node), now: cluster.now, flags: new Set(argv)}));
      return 0;
    }
    if (!detail) {
      yield* stderr(
        Object.entries(commands)
          .map(([name, {about}]) => `crictl ${name.padEnd(8)}  ${about}\n`)
          .join(''),
      );
      return command ? 2 : 0;
    }
    if (!word) {
      yield* stderr('ID cannot be empty\n');
      return 1;
    }
    const found = find(cluster, detail.of, argv);
    if (!found) {
      const what = detail.of === 'containers' ? 'container' : 'pod sandbox';
      yield* stderr(`could not find ${what} "${word}": rpc error: code = NotFound desc = could not find ${what} "${word}"\n`);
      return 1;
    }
    yield* stdout(detail.show(found.memory, found.thing));
    return 0;
  },
  complete(argv, {cluster}) {
    const [command = ''] = argv;
    if (argv.length === 0) return Object.entries(commands).map(([text, {about}]) => ({text, about}));
    if (LISTS[command]) return nodeWords(cluster);
    const of = DETAILS[command]?.of;
    if (!of) return [];
    return hostNames(cluster).flatMap(node =>
      memoryOf(cluster, node)
        .list<PodRecord>(PODS)
        .flatMap(([, pod]) => pod[of].map(({id}) => ({text: short(id), about: `${pod.namespace}/${pod.name}`}))),
    );
  },
};
