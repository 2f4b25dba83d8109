/** The group metrics.k8s.io: what the kubelets measure, gathered by a server of its own behind the API server. upstream: kubernetes-sigs/metrics-server pkg/api */

import {timeOf, timeText} from '../../api/clock.ts';
import {apiVersionOf} from '../../api/group-version.ts';
import type {Kind} from '../../api/kinds.ts';
import type {ResourceUsage, StatsSummary} from '../../api/stats.ts';
import * as status from '../../api/status.ts';
import type {KubeObject, Node, Pod} from '../../api/types.ts';
import {collection} from '../collections.ts';
import {NodeError, nodeProxy} from '../node-proxy.ts';
import type {ApiResponse, Walk} from '../request.ts';
import {answer} from '../verbs/answer.ts';
import {selectionOf, selects} from '../verbs/get.ts';

/** --metric-resolution: it asks every kubelet that often, and needs two answers to tell a rate. */
const RESOLUTION_MS = 15_000;
const WINDOW = '15s';

const quantities = ({cpu, memory}: ResourceUsage) => ({
  cpu: `${cpu.usageNanoCores}n`,
  memory: `${Math.floor(memory.workingSetBytes / 1024)}Ki`,
});

/** What a kubelet says; nobody home: its node and its pods are left out. */
function measured({tx}: Walk, node: string): StatsSummary | undefined {
  try {
    const {status: code, body} = nodeProxy().kubelet(tx, node, '/stats/summary');
    return code === 200 ? (body as StatsSummary) : undefined;
  } catch (error) {
    if (error instanceof NodeError) return undefined;
    throw error;
  }
}

const known = (walk: Walk, startedAt: string): boolean => walk.tx.now - timeOf(startedAt) >= RESOLUTION_MS;

function nodeMetrics(walk: Walk, node: Node): KubeObject[] {
  const found = measured(walk, node.metadata.name!);
  if (!found) return [];
  return [metricsObject(walk, node, {usage: quantities(found.node)})];
}

function podMetrics(walk: Walk, pods: readonly Pod[]): KubeObject[] {
  const kubelets = new Map<string, StatsSummary | undefined>();
  return pods.flatMap(pod => {
    const node = pod.spec?.nodeName;
    if (!node) return [];
    if (!kubelets.has(node)) kubelets.set(node, measured(walk, node));
    const own = kubelets.get(node)?.pods.find(p => p.podRef.uid === pod.metadata.uid);
    if (!own || own.containers.some(c => !known(walk, c.startTime))) return [];
    return [
      metricsObject(walk, pod, {containers: own.containers.map(container => ({name: container.name, usage: quantities(container)}))}),
    ];
  });
}

const metricsObject = ({kind, tx}: Walk, {metadata}: KubeObject, values: object): KubeObject => ({
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
  metadata: {
    name: metadata.name!,
    ...(metadata.namespace && {namespace: metadata.namespace}),
    ...(metadata.labels && {labels: metadata.labels}),
    creationTimestamp: timeText(tx.now),
  },
  timestamp: timeText(Math.floor(tx.now / RESOLUTION_MS) * RESOLUTION_MS),
  window: WINDOW,
  ...values,
});

const measure: Readonly<Record<string, (walk: Walk, objects: readonly KubeObject[]) => KubeObject[]>> = {
  NodeMetrics: (walk, nodes) => nodes.flatMap(node => nodeMetrics(walk, node as Node)),
  PodMetrics: (walk, pods) => podMetrics(walk, pods as readonly Pod[]),
};

const PREFIXES: Readonly<Record<string, string>> = {NodeMetrics: '/registry/minions/', PodMetrics: '/registry/pods/'};

/** Whether a kind is served by this group's own server. */
export const isMetrics = ({kind}: Kind): boolean => kind in measure;

/** GET of one, or of all that a selector picks. */
export function metrics(walk: Walk): ApiResponse {
  const {tx, kind, info} = walk;
  const selection = selectionOf(walk);
  const wanted = collection<KubeObject>(tx, PREFIXES[kind.kind]! + (info.namespace ? `${info.namespace}/` : '')).filter(object =>
    info.name ? object.metadata.name === info.name : selects(selection, object),
  );
  const found = measure[kind.kind]!(walk, wanted);
  if (info.verb === 'list')
    return answer(walk, 200, {kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata: {}, items: found});
  if (!found[0]) throw status.notFound({group: kind.group, resource: kind.kind.toLowerCase()}, named(walk));
  return answer(walk, 200, found[0]);
}

const named = ({info}: Walk): string => (info.namespace ? `${info.namespace}/${info.name}` : info.name);
