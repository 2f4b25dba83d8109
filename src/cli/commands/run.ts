/** `podyssey run`: a fresh cluster, manifests or a script applied to it, and what became of it. */
import {kindOf} from '../../engine/api/kinds.ts';
import type {Node, Pod, Status} from '../../engine/api/types.ts';
import {pathOf} from '../../engine/client/client.ts';
import {type Cluster, createCluster} from '../../engine/cluster/cluster.ts';
import {parseShellLine} from '../../kubectl/shell.ts';
import {documentOf} from '../../selectors/document.ts';
import {storyOf} from '../../selectors/story.ts';
import {KUBECONFIG_PATH, kubeconfigText} from '../../session/kubeconfig.ts';
import {program} from '../../session/line.ts';
import {parseWait} from '../../session/programs/wait.ts';
import {newShell, type ProgramEnv, runToEnd} from '../../session/shell.ts';
import {joinNode} from '../../session/world.ts';
import {Failure} from '../failure.ts';
import {type Manifest, readManifests, textOf} from '../manifests.ts';

export interface RunOptions {
  filename?: string[];
  script?: string;
  as?: string;
  nodes: number;
  seed: number;
  off: string[];
  until: string;
  output: 'text' | 'json';
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

/** Runs, prints, returns nothing; throws Failure where something was refused. */
export async function run(options: RunOptions): Promise<void> {
  const until = options.until === 'idle' ? undefined : parseWait(options.until);
  if (options.until !== 'idle' && until === undefined)
    throw new Failure(`--until is idle or a duration such as 5m, not ${options.until}`, 2);
  const manifests = (options.filename ?? []).flatMap(readManifests);
  const configuration = manifests.find(m => m.object.kind === SCHEDULER_CONFIGURATION)?.object;
  const cluster = createCluster({
    seed: options.seed,
    nodes: options.nodes,
    off: options.off,
    ...(configuration && {schedulerConfiguration: configuration}),
  });
  const from = cluster.history.position;

  const refused: string[] = [];
  const ordered = inOrder(manifests.filter(m => m.object.kind !== SCHEDULER_CONFIGURATION));
  for (const [i, manifest] of ordered.entries()) {
    // A new Node is tainted not-ready until the node controller has looked at it: the pods come after that.
    if (rankOf(manifest) >= FIRST.length && i > 0 && rankOf(ordered[i - 1]!) < FIRST.length) cluster.settle(REST_MS);
    const why = apply(cluster, manifest, options.as);
    if (why) refused.push(why);
  }
  if (options.script) refused.push(...script(cluster, options.script, options.as));
  if (until === undefined) cluster.settle();
  else cluster.advance(until);

  const text = options.output === 'json' ? `${JSON.stringify(documentOf(cluster, options.seed, from), null, 1)}\n` : storyOf(cluster, from);
  process.stdout.write(text);
  if (refused.length) throw new Failure(refused.join('\npodyssey: '));
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

/** Runs the lines of a script in the learner's shell; returns what the failed ones said. Files that a line names are read beside the script. */
function script(cluster: Cluster, file: string, as: string | undefined): string[] {
  const lines = textOf(file)
    .split('\n')
    .map(l => l.trim())
    .filter(l => l && !l.startsWith('#'));
  const files: Record<string, string> = {[KUBECONFIG_PATH]: kubeconfigText({}, {user: 'kubernetes-admin', namespace: 'default'})};
  for (const line of lines) for (const name of namedFiles(line)) files[name] = textOf(name);
  const env: ProgramEnv = {cluster, state: newShell(files), disabled: []};
  const failed: string[] = [];
  for (const [i, line] of lines.entries()) {
    const ended = runToEnd(program(as && /^(kubectl|k)\b/.test(line) ? `${line} --as ${as}` : line, env), cluster);
    if (ended.exitCode !== 0) failed.push(`${file}:${i + 1}: ${line}: ${ended.stderr.trim() || `exit code ${ended.exitCode}`}`);
    cluster.settle();
  }
  return failed;
}

function namedFiles(line: string): string[] {
  const {words} = parseShellLine(line);
  return words.flatMap((word, i) => {
    if (word === '-f' || word === '--filename') return words[i + 1] && words[i + 1] !== '-' ? [words[i + 1]!] : [];
    const inline = /^--filename=(.+)$/.exec(word)?.[1];
    return inline ? [inline] : [];
  });
}
