/** A lesson's world before the first keystroke, and the sandbox's: a cluster, the learner's files, who they are. */
import type {Credential, Lesson} from '../course/types.ts';
import {kindOf} from '../engine/api/kinds.ts';
import {pathOf} from '../engine/api/paths.ts';
import type {KubeObject, Node, Status} from '../engine/api/types.ts';
import {parseAllDocuments} from '../engine/api/yaml.ts';
import type {ServerConfig} from '../engine/apiserver/config.ts';
import {HOSTS} from '../engine/client/hosts.ts';
import {type Cluster, createCluster} from '../engine/cluster/cluster.ts';
import {givenHost} from '../engine/cluster/presets.ts';
import {ADMIN_USER, KUBECONFIG_PATH, kubeconfigText} from './shell/kubeconfig.ts';
import {program} from './shell/line.ts';
import {newShell, type ProgramEnv, runToEnd} from './shell/shell.ts';

export interface WorldState {
  readonly cluster: Cluster;
  /** Path -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** The shell's, beside HOME. */
  readonly variables: Readonly<Record<string, string>>;
  /** Position of the journal at which the learner's time begins. */
  readonly from: number;
}

/** A manifest of the world itself was refused. */
class WorldError extends Error {}

/** Gives a Node that a manifest tells of its computer: a runtime and a kubelet that keeps to what was said of it. */
export const joinNode = (cluster: Cluster, node: Node): void =>
  cluster.control({action: 'add-host', host: givenHost(node, cluster.machine.table(HOSTS).count + 1)});

/** Creates the objects of a YAML text as the administrator. Throws WorldError where one is refused. */
export function applyManifests(cluster: Cluster, text: string): void {
  for (const document of parseAllDocuments(text)) {
    if (document.errors.length) throw new WorldError(document.errors[0]!.message);
    const object = document.toJS() as KubeObject | null;
    if (!object) continue;
    const kind = kindOf(object);
    if (!kind) throw new WorldError(`no kind ${object.kind} in ${object.apiVersion}`);
    const namespace = kind.namespaced ? (object.metadata.namespace ?? 'default') : '';
    const answer = cluster.request({method: 'POST', path: pathOf(kind, namespace), body: object, client: 'world'});
    if (answer.code >= 400) throw new WorldError((answer.body as Status).message ?? String(answer.code));
    if (kind.resource === 'nodes') joinNode(cluster, object as Node);
  }
}

export interface WorldOptions {
  seed: number;
  nodes: number;
  etcdMembers?: number;
  schedulers?: number;
  controllerManagers?: number;
  users: Readonly<Record<string, readonly string[]>>;
  credentials?: Readonly<Record<string, Credential>>;
  server?: Partial<ServerConfig>;
  context: {user: string; namespace: string};
  files: Readonly<Record<string, string>>;
  variables?: Readonly<Record<string, string>>;
  apply: readonly string[];
  run?: readonly string[];
  off: readonly string[];
  age: number;
}

/** How long a freshly applied world may take to come to rest. */
const REST_MS = 120_000;

/** Types lines as the administrator, with the learner's files at hand. Throws WorldError where one fails. */
function runLines(cluster: Cluster, files: WorldState['files'], lines: readonly string[]): void {
  const kubeconfig = kubeconfigText({}, {user: ADMIN_USER, namespace: 'default'});
  const env: ProgramEnv = {cluster, state: newShell({...files, [KUBECONFIG_PATH]: kubeconfig}), disabled: []};
  for (const line of lines) {
    const {exitCode, output} = runToEnd(program(line, env), cluster);
    if (exitCode !== 0) throw new WorldError(`${line}: ${output.trim()}`);
  }
}

export function createWorld(options: WorldOptions): WorldState {
  const {seed, nodes, etcdMembers = 1, schedulers = 1, controllerManagers = 1, off, server, users, context, credentials} = options;
  const cluster = createCluster({seed, nodes, etcdMembers, schedulers, controllerManagers, off, ...(server && {server})});
  for (const manifest of options.apply) applyManifests(cluster, manifest);
  cluster.settle(REST_MS);
  if (options.run?.length) {
    runLines(cluster, options.files, options.run);
    cluster.settle(REST_MS);
  }
  if (options.age) cluster.advance(options.age);
  const files = {[KUBECONFIG_PATH]: kubeconfigText(users, context, credentials), ...options.files};
  return {cluster, files, variables: options.variables ?? {}, from: cluster.history.position};
}

export const lessonWorld = (lesson: Lesson): WorldState => createWorld(lesson.world);
