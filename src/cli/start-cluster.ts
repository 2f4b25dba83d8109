/** A fresh cluster with what the learner's manifests say, applied in an order that lets each find what it needs. */
import {kindOf} from '../engine/api/kinds.ts';
import {pathOf} from '../engine/api/paths.ts';
import type {Node, Pod, Status} from '../engine/api/types.ts';
import {asOf} from '../engine/apiserver/as-of/manifest.ts';
import {type Cluster, createCluster} from '../engine/cluster/cluster.ts';
import {type Profile, profileOf, serverOf} from '../engine/cluster/profiles/profiles.ts';
import {joinNode} from '../session/world.ts';
import {type Manifest, readManifests} from './manifests.ts';

export interface ClusterStart {
  filename?: string[];
  /** Who applies them; an administrator by default. */
  as?: string;
  nodes: number;
  seed: number;
  off: string[];
  /** A cluster set up as in that version, instead of today's. */
  profile?: Profile['name'];
  /** Steps of the journal that are kept; all by default. */
  maxSteps?: number;
}

export interface StartedCluster {
  readonly cluster: Cluster;
  /** Position of the journal before the first manifest. */
  readonly from: number;
  /** Why manifests were refused, a sentence each. */
  readonly refused: string[];
  /** What became of each manifest, in the order they were applied. */
  readonly took: readonly Taken[];
}

export interface Taken {
  readonly manifest: Manifest;
  /** Undefined: it was accepted. */
  readonly refusal: string | undefined;
  /** Fields that a server of that time dropped without a word. */
  readonly dropped: readonly string[];
  /** What the version of that time filled in. */
  readonly filledIn: readonly string[];
}

const SCHEDULER_CONFIGURATION = 'KubeSchedulerConfiguration';

/** Kinds that have to be there before others are created; the rest keeps its order. */
const FIRST = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ServiceAccount',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'LimitRange',
  'ResourceQuota',
  'ConfigMap',
  'Secret',
  'PodDisruptionBudget',
  'Service',
];

/** Makes the cluster and applies the manifests. Throws Failure where a file cannot be read. */
export function startCluster({filename = [], as, seed, nodes, off, profile: version, maxSteps}: ClusterStart): StartedCluster {
  const profile = version && profileOf(version);
  const manifests = filename.flatMap(readManifests);
  const configuration = manifests.find(m => m.object.kind === SCHEDULER_CONFIGURATION)?.object;
  const cluster = createCluster({
    seed,
    nodes,
    off,
    ...(profile && {server: serverOf(profile)}),
    ...(maxSteps && {maxSteps}),
    ...(configuration && {schedulerConfiguration: configuration}),
  });
  const from = cluster.history.position;
  const refused: string[] = [];
  const took: Taken[] = [];
  const ordered = inOrder(manifests.filter(m => m.object.kind !== SCHEDULER_CONFIGURATION));
  for (const [i, manifest] of ordered.entries()) {
    // A new Node is tainted not-ready until the node controller has looked at it: the pods come after that.
    if (rankOf(manifest) >= FIRST.length && i > 0 && rankOf(ordered[i - 1]!) < FIRST.length) cluster.settle(REST_MS);
    const taken = profile && asOf(profile.minor, manifest.object, manifest.file);
    const why = taken?.refusal
      ? `${manifest.file}:${manifest.line}: ${taken.refusal}`
      : apply(cluster, {...manifest, object: taken?.object ?? manifest.object}, as);
    if (why) refused.push(why);
    took.push({manifest, refusal: why, dropped: taken?.dropped ?? [], filledIn: taken?.filledIn ?? []});
  }
  return {cluster, from, refused, took};
}

/** How long what the pods need may take to come to rest. */
const REST_MS = 60_000;

/** Pods come last, those that are bound already before those to be scheduled. */
function rankOf({object}: Manifest): number {
  const at = FIRST.indexOf(object.kind);
  if (at >= 0) return at;
  return object.kind === 'Pod' && (object as Pod).spec?.nodeName ? FIRST.length : FIRST.length + 1;
}

const inOrder = (manifests: readonly Manifest[]): Manifest[] =>
  manifests
    .map((manifest, i) => ({manifest, i}))
    .sort((a, b) => rankOf(a.manifest) - rankOf(b.manifest) || a.i - b.i)
    .map(({manifest}) => manifest);

/** Creates one object; returns why it was refused, or undefined. A Node keeps the status it is given, and has a computer with a kubelet; a Pod with a node is taken as running there. */
function apply(cluster: Cluster, {file, line, object}: Manifest, as: string | undefined): string | undefined {
  const kind = kindOf(object);
  const at = `${file}:${line}`;
  if (!kind) return `${at}: no matches for kind "${object.kind}" in version "${object.apiVersion}"`;
  const who = as === undefined ? {} : {user: as, groups: ['system:authenticated']};
  const namespace = kind.namespaced ? (object.metadata?.namespace ?? 'default') : '';
  const send = (method: string, name: string, body: unknown, subresource = '', identity: {user?: string; groups?: string[]} = who) =>
    cluster.request({
      method,
      path: pathOf(kind, namespace, name, subresource),
      body,
      query: {fieldManager: 'kubectl-create', fieldValidation: 'Strict'},
      client: 'kubectl',
      ...identity,
    });
  const created = send('POST', '', object);
  if (created.code >= 400) {
    const {reason, message} = created.body as Status;
    return `${at}: Error from server${reason ? ` (${reason})` : ''}: ${message}`;
  }
  const stored = created.body as typeof object;
  const status =
    kind.resource === 'pods'
      ? runningStatus(stored as Pod, object as Pod)
      : kind.resource === 'nodes'
        ? (object as Node).status
        : undefined;
  if (kind.resource === 'nodes') joinNode(cluster, object as Node);
  if (status) send('PUT', stored.metadata.name ?? '', {...stored, status}, 'status', {});
  return undefined;
}

function runningStatus(stored: Pod, given: Pod): Pod['status'] | undefined {
  if (!stored.spec?.nodeName) return given.status;
  const time = stored.metadata.creationTimestamp!;
  return {
    phase: 'Running',
    startTime: time,
    conditions: (['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'] as const).map(type => ({
      type,
      status: 'True',
      lastTransitionTime: time,
    })),
    ...given.status,
  };
}
