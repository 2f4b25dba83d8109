/** A whole cluster: the machine, its handlers and everything that runs in it, put together. This is what all front ends use. */
import type {UserInfo} from '../api/types.ts';
import {keepCollections} from '../apiserver/collections.ts';
import {configureServer, type ServerConfig, serverConfig} from '../apiserver/config.ts';
import {crdControllers} from '../apiserver/crd-controllers.ts';
import {handle} from '../apiserver/handle.ts';
import {objectIndexes} from '../apiserver/indexes.ts';
import {maintenance, startMaintenance} from '../apiserver/maintenance.ts';
import {connectNodes} from '../apiserver/node-proxy.ts';
import type {ApiRequest, ApiResponse} from '../apiserver/request.ts';
import {etcdDigests, etcdIndexes, startEtcd} from '../apiserver/storage.ts';
import {watchIndexes} from '../apiserver/watch.ts';
import {RELIST} from '../client/context.ts';
import {HOSTS, hostIndexes} from '../client/hosts.ts';
import {CONTROL_PLANE} from '../client/leader-election.ts';
import {memoryIndexes} from '../client/memory.ts';
import {fitNetwork} from '../client/network-settings.ts';
import {createProcesses, processIndexes} from '../client/processes.ts';
import {RELIST_BACKOFF_MS} from '../client/watch-terms.ts';
import {KUBE_CONTROLLER_MANAGER} from '../controllers/common/controller.ts';
import {DUE} from '../machine/due-events.ts';
import {createMachine, type Handler, type Hashing, type Machine, type MachineState} from '../machine/machine.ts';
import type {DueEvent, MachineEvent, Tx} from '../machine/types.ts';
import {networkHandlers} from '../network/events.ts';
import {KUBE_SCHEDULER} from '../scheduler/component.ts';
import type {Posted, Target} from '../scheduler/extenders/send.ts';
import {bootstrap} from './bootstrap.ts';
import {createComponents} from './components.ts';
import {type Control, createControls} from './control.ts';
import {CONTROL} from './control-event.ts';
import {createJoining} from './joining.ts';
import {membersUntyped} from './list-members.ts';
import {createNodeProxy} from './node-proxy.ts';
import {createNodePrograms} from './nodes.ts';
import {type Preset, plainPreset, powerDelay} from './presets.ts';
import {type ProgramChoice, stoppedPrograms} from './programs.ts';
import {postFromScheduler} from './scheduler-way.ts';

export interface ClusterOptions {
  /** Default 1. */
  seed?: number;
  /** How many equal nodes; default 3. */
  nodes?: number;
  /** How many members etcd has; default 1. */
  etcdMembers?: number;
  /** How many schedulers stand ready, of which one leads; default 1. */
  schedulers?: number;
  /** The same of controller managers. */
  controllerManagers?: number;
  /** Instead of `nodes` and `etcdMembers`. */
  preset?: Preset;
  /** A KubeSchedulerConfiguration. */
  schedulerConfiguration?: unknown;
  /** Which programs run, where that differs from a plain cluster. */
  components?: ProgramChoice;
  /** Programs that are present but stopped (`kube-scheduler`): short for those that `components` says false of. */
  off?: readonly string[];
  /** Differences from kubeadm's set-up of the API server. */
  server?: Partial<ServerConfig>;
  /** False: no journal (large benchmarks). */
  record?: boolean;
  maxSteps?: number;
}

/** A request as the library's caller writes it. */
export interface LibraryRequest extends Omit<ApiRequest, 'user'> {
  /** Default: an administrator. */
  user?: string;
  groups?: readonly string[];
}

export interface History {
  /** Steps since the beginning. */
  readonly position: number;
  readonly length: number;
  /** The first position that can be reached: when the cluster had just been set up. */
  readonly first: number;
  /** Goes to just before the last thing from outside that changed anything; false when there is none. */
  undo(): boolean;
  /** Goes to the end of what the next thing from outside caused; false when there is none. */
  redo(): boolean;
  seek(position: number): void;
  /** A cluster of its own that begins here. */
  branch(): Cluster;
}

export interface Cluster {
  /** The REST API without HTTP. */
  request(request: LibraryRequest): ApiResponse;
  /** Throws ControlError for what is not there. */
  control(control: Control): void;
  /** Lets virtual milliseconds pass. */
  advance(ms: number): void;
  /** Runs until nothing but periodic work is due, at most `limitMs` (default an hour). False when the limit came first. */
  settle(limitMs?: number): boolean;
  /** Virtual milliseconds since the cluster began. */
  readonly now: number;
  readonly state: MachineState;
  hash(): string;
  /** The same, found out little by little. */
  hashing(): Hashing;
  subscribe(listener: () => void): () => void;
  readonly history: History;
  readonly machine: Machine;
  /** The KubeSchedulerConfiguration its scheduler was started with; undefined: the defaults. */
  readonly schedulerConfiguration: unknown;
  /** What would come of a POST from the scheduler's machine, to an extender; it leaves no trace. */
  postFromScheduler(target: Target): Posted;
}

/** The holder of kubeadm's admin.conf: what it may, a ClusterRoleBinding says. */
export const ADMIN: UserInfo = {username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated']};

/** The holder of kubeadm's super-admin.conf, whom no binding can lock out. */
export const SUPER_ADMIN: UserInfo = {username: 'kubernetes-super-admin', groups: ['system:masters', 'system:authenticated']};

const REQUEST = 'request';
const BOOT = 'boot';
const POST_FROM_SCHEDULER = 'post-from-scheduler';
const DAY_ONE_LIMIT_MS = 30_000;

/** So many steps can be undone, unless asked otherwise: some gigabyte. What is older is forgotten. */
const STEPS_KEPT = 250_000;

/**
 * A cluster that has been set up and whose nodes, if their parts run, have registered. Equal options give equal clusters. Throws RangeError for a program that
 * does not exist.
 */
export function createCluster(options: ClusterOptions = {}): Cluster {
  const nodePrograms = createNodePrograms();
  connectNodes(createNodeProxy(nodePrograms));
  const components = createComponents(options, nodePrograms);
  const processes = createProcesses(components);
  const off = stoppedPrograms(options.components ?? {}, options.off ?? []);
  const joining = createJoining(processes, off);
  const controls = createControls(processes, nodePrograms, joining);
  const preset = options.preset ?? plainPreset(options.nodes ?? 3, options.etcdMembers);

  const candidates: Readonly<Record<string, number | undefined>> = {
    [KUBE_SCHEDULER]: options.schedulers,
    [KUBE_CONTROLLER_MANAGER]: options.controllerManagers,
  };
  const post = postFromScheduler(nodePrograms);
  const handlers: Record<string, Handler> = {
    ...processes.handlers,
    ...joining.handlers,
    ...maintenance,
    ...crdControllers,
    ...networkHandlers(nodePrograms),
    [BOOT](tx: Tx) {
      startEtcd(tx, preset.etcdMembers);
      configureServer(tx, {...options.server, running: true});
      bootstrap(tx);
      startMaintenance(tx);
      fitNetwork(tx, preset.hosts.length);
      for (const host of preset.hosts) tx.insert(HOSTS, host);
      for (const component of components) {
        const run = !off.has(component.process);
        if (!component.perNode) {
          processes.add(tx, component, '', run);
          for (let n = 2; component.standby && n <= (candidates[component.process] ?? 1); n++)
            processes.add(tx, component, `${CONTROL_PLANE}-${n}`, run);
        } else for (const [i, host] of preset.hosts.entries()) processes.add(tx, component, host.name, run, powerDelay(i));
      }
      if (off.has('kube-apiserver')) configureServer(tx, {running: false});
    },
    [REQUEST](tx: Tx, event: MachineEvent) {
      const {asOf} = serverConfig(tx);
      return handle(tx, asOf === undefined ? (event.data as ApiRequest) : {...(event.data as ApiRequest), asOf: {minor: asOf}});
    },
    [POST_FROM_SCHEDULER]: (tx: Tx, event: MachineEvent) => post(tx, event.data as Target),
    [CONTROL](tx: Tx, event: MachineEvent) {
      const control = event.data as Control;
      (controls[control.action] as (tx: Tx, c: Control) => void)(tx, control);
    },
  };

  const machine = createMachine({
    seed: options.seed ?? 1,
    handlers,
    indexes: [...etcdIndexes, ...objectIndexes, ...watchIndexes, ...memoryIndexes, ...processIndexes, ...hostIndexes],
    digests: etcdDigests,
    ...(options.record === false && {record: false}),
    maxSteps: options.maxSteps ?? STEPS_KEPT,
  });
  keepCollections(machine);
  machine.dispatch({type: BOOT});
  machine.settle(DAY_ONE_LIMIT_MS);
  return clusterOf(machine, machine.journal.position, options.schedulerConfiguration);
}

/** Hands a request to the API server of a machine. Reading in the past leaves no trace there; writing makes a new future. */
export function sendRequest(machine: Machine, request: ApiRequest): ApiResponse {
  const past = machine.journal.position < machine.journal.length;
  const event = {type: REQUEST, data: request};
  return membersUntyped((past && request.method === 'GET' ? machine.look(event) : machine.dispatch(event)) as ApiResponse);
}

/** The answer that a request would get now; it leaves no trace. */
export const lookRequest = (machine: Machine, request: ApiRequest): ApiResponse =>
  membersUntyped(machine.look({type: REQUEST, data: request}) as ApiResponse);

/** Some informer could not list what it wants to watch. */
const awaitsRelist = (machine: Machine): boolean => [...machine.table<DueEvent>(DUE).entries()].some(([, {type}]) => type === RELIST);

function clusterOf(machine: Machine, first: number, schedulerConfiguration: unknown): Cluster {
  const {journal} = machine;
  const stepAt = (position: number) => journal.steps[position - journal.first];
  const history: History = {
    get position() {
      return journal.position;
    },
    get length() {
      return journal.length;
    },
    get first() {
      return Math.max(first, journal.first);
    },
    undo() {
      for (let at = journal.position - 1; at >= history.first; at--) {
        const step = stepAt(at)!;
        if (step.cause !== 0 || step.writes.length === 0) continue;
        machine.seek(at);
        return true;
      }
      return false;
    },
    redo() {
      if (journal.position >= journal.length) return false;
      let at = journal.position + 1;
      while (at < journal.length && stepAt(at)!.cause !== 0) at++;
      machine.seek(at);
      return true;
    },
    seek: position => machine.seek(Math.max(history.first, position)),
    branch() {
      const fork = machine.fork();
      keepCollections(fork);
      return clusterOf(fork, first, schedulerConfiguration);
    },
  };
  return {
    machine,
    history,
    schedulerConfiguration,
    postFromScheduler: target => machine.look({type: POST_FROM_SCHEDULER, data: target}) as Posted,
    request({user, groups, ...rest}) {
      const who =
        user === undefined
          ? rest.clientCertificate || rest.headers?.['authorization']
            ? undefined
            : ADMIN
          : {username: user, groups: groups ?? []};
      return sendRequest(machine, {client: 'library', ...rest, ...(who && {user: who})});
    },
    control: control => void machine.dispatch({type: CONTROL, data: control}),
    advance: ms => machine.runUntil(machine.now + ms),
    settle(limitMs = 3_600_000) {
      const limit = machine.now + limitMs;
      const settled = machine.settle(limit);
      if (!settled || !awaitsRelist(machine)) return settled;
      // Who was refused a list tries again for ever, so nobody waits for that; but what was granted meanwhile is to count.
      machine.runUntil(Math.min(limit, machine.now + 2 * RELIST_BACKOFF_MS));
      return machine.settle(limit);
    },
    get now() {
      return machine.now;
    },
    get state() {
      return machine.state();
    },
    hash: machine.hash,
    hashing: machine.hashing,
    subscribe: machine.subscribe,
  };
}
