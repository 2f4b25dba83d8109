/** The container runtime of every node: a component without an identity, for it never asks the API server. A node has one of the flavours. */
import type {Cri, Dialer} from '../api/cri.ts';
import {findHost} from '../client/hosts.ts';
import type {Component, ComponentContext} from '../client/types.ts';
import type {Tx} from '../machine/types.ts';
import type {RegistryState} from './catalogue/catalogue.ts';
import {killContainer} from './containers.ts';
import {createCri} from './cri.ts';
import {flavourOf, flavours, type RuntimeFlavour} from './flavours.ts';
import {imageRecord} from './images.ts';
import {listPods, openRuntime, PROCESS_TIMER, type RuntimeNode, type RuntimeOptions, runtimeNode} from './node.ts';
import {SIGKILL_EXIT, store, wakeContainer} from './processes.ts';
import {killSandbox, removePodSandbox} from './sandboxes.ts';
import {nodeSockets} from './sockets.ts';
import {IMAGES, type ImageRecord, LOGS, PULLS, REGISTRIES} from './types.ts';

export interface Runtime {
  /** One a flavour; on a node only its own runs. */
  readonly components: readonly Component[];
  /** The node's CRI socket; undefined while nobody listens on it. */
  cri(tx: Tx, node: string): Cri | undefined;
  /** What processes on a node answer at its addresses; undefined while it is down. */
  sockets(tx: Tx, node: string): Dialer | undefined;
  /** What can be done to a node's processes and registries from outside. */
  readonly faults: {
    killSandbox(tx: Tx, node: string, sandboxId: string): void;
    killContainer(tx: Tx, node: string, containerId: string, exitCode?: number): void;
    setRegistry(tx: Tx, node: string, domain: string, state: RegistryState): void;
    /** The machine loses its power: everything that ran on it has ended. */
    powerOff(tx: Tx, node: string): void;
    /** Forgets pods and images: another runtime knows nothing of them. */
    wipe(tx: Tx, node: string): void;
  };
}

/** The runtime of all nodes. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const componentOf = (flavour: RuntimeFlavour): Component => ({
    name: flavour.program,
    process: flavour.program,
    perNode: true,
    runsOn: host => flavourOf(host) === flavour,
    user: () => ({username: 'system:anonymous', groups: ['system:unauthenticated']}),
    watches: [],
    start: ctx => start(runtimeNode(ctx, options)),
    timers: {
      [PROCESS_TIMER]: (ctx: ComponentContext, id) => wakeContainer(runtimeNode(ctx, options), id as string),
    },
  });
  const components = new Map(Object.values(flavours).map(flavour => [flavour, componentOf(flavour)]));
  const open = (tx: Tx, node: string): RuntimeNode | undefined =>
    openRuntime(tx, node, components.get(flavourOf(findHost(tx, node)))!, options);
  const act =
    <A extends unknown[]>(what: (runtime: RuntimeNode, ...args: A) => void) =>
    (tx: Tx, node: string, ...args: A): void => {
      const runtime = open(tx, node);
      if (runtime) what(runtime, ...args);
    };
  return {
    components: [...components.values()],
    cri(tx, node) {
      const runtime = open(tx, node);
      return runtime && createCri(runtime);
    },
    sockets(tx, node) {
      const runtime = open(tx, node);
      return runtime && nodeSockets(runtime);
    },
    faults: {
      killSandbox: act(killSandbox),
      killContainer: act((runtime, id: string, exitCode: number = SIGKILL_EXIT) => killContainer(runtime, id, exitCode)),
      setRegistry: act((runtime, domain: string, state: RegistryState) => runtime.memory.put(REGISTRIES, domain, {state})),
      powerOff: act(powerOff),
      wipe: act(wipe),
    },
  };
}

/** What containerd reports of a container whose end nobody saw. */
const LOST_POWER_EXIT = 255;

/** First start: the images that are there from the beginning. Later ones: alarms of what still runs. */
function start(runtime: RuntimeNode): void {
  if (runtime.memory.list(IMAGES).length === 0)
    for (const image of runtime.options.images.preloaded) {
      const record = imageRecord(runtime.options.images, image, runtime.now, image.includes('/pause:'));
      runtime.memory.put<ImageRecord>(IMAGES, record.name, record);
    }
  for (const pod of listPods(runtime))
    for (const container of pod.containers)
      if (container.state === 'CONTAINER_RUNNING') store(runtime, {pod: listPods(runtime).find(p => p.uid === pod.uid)!, container});
}

function powerOff(runtime: RuntimeNode): void {
  for (const pod of listPods(runtime)) {
    for (const container of pod.containers) killContainer(runtime, container.id, LOST_POWER_EXIT, 'Unknown');
    for (const sandbox of pod.sandboxes) if (sandbox.state === 'SANDBOX_READY') killSandbox(runtime, sandbox.id);
  }
}

function wipe(runtime: RuntimeNode): void {
  for (const pod of listPods(runtime)) for (const {id} of pod.sandboxes) removePodSandbox(runtime, id);
  for (const kind of [IMAGES, PULLS, LOGS]) for (const [id] of runtime.memory.list(kind)) runtime.memory.delete(kind, id);
}
