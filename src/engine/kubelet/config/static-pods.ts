/** Pods of manifests on the node's own disk, and the mirror pods that show them to the API server. upstream: pkg/kubelet/config/{file,common}.go, pod/mirror_client.go */
import {hex, sha256} from '../../api/sha256.ts';
import {ApiError, type Pod, type Stored} from '../../api/types.ts';
import {MIRROR_POD_ANNOTATION} from '../../api/well-known.ts';
import {parseYaml} from '../../api/yaml.ts';
import type {ComponentContext} from '../../client/types.ts';
import {type Kubelet, MANIFESTS, type PodWorker} from '../types.ts';

export const SOURCE_ANNOTATION = 'kubernetes.io/config.source';
const HASH_ANNOTATION = 'kubernetes.io/config.hash';
const SEEN_ANNOTATION = 'kubernetes.io/config.seen';

export interface Manifest {
  readonly text: string;
  /** Where it came from; a file on the node's disk, if it does not say. */
  readonly source?: 'file' | 'http';
}

export const isMirrorPod = (pod: Pod): boolean => pod.metadata.annotations?.[MIRROR_POD_ANNOTATION] !== undefined;

/** The pod of a manifest, as it is to run on this node; undefined when the text is no pod. */
export function staticPod(node: string, path: string, {text, source = 'file'}: Manifest, seen: string): Stored<Pod> | undefined {
  let parsed: Pod;
  try {
    parsed = parseYaml(text) as Pod;
  } catch {
    return undefined;
  }
  if (parsed?.kind !== 'Pod' || !parsed.metadata?.name || !parsed.spec?.containers) return undefined;
  const uid = hex(sha256(`${node} ${path} ${text}`)).slice(0, 32);
  const {spec, metadata} = parsed;
  return {
    ...parsed,
    metadata: {
      ...metadata,
      name: `${metadata.name}-${node}`,
      namespace: metadata.namespace ?? 'default',
      uid,
      resourceVersion: '',
      creationTimestamp: seen,
      annotations: {...metadata.annotations, [HASH_ANNOTATION]: uid, [SEEN_ANNOTATION]: seen, [SOURCE_ANNOTATION]: source},
    },
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      ...spec,
      nodeName: node,
      containers: spec.containers.map(c => ({imagePullPolicy: /:latest$|^[^:]*$/.test(c.image ?? '') ? 'Always' : 'IfNotPresent', ...c})),
      tolerations: [...(spec.tolerations ?? []), {effect: 'NoExecute', operator: 'Exists'}],
    },
    status: {phase: 'Pending'},
  } as Stored<Pod>;
}

export const listManifests = (ctx: ComponentContext): [path: string, manifest: Manifest][] => ctx.memory.list<Manifest>(MANIFESTS);

/** Creates the mirror pod of a static pod, or replaces one of an older manifest. False: refused, to be tried again. */
export function ensureMirrorPod({ctx, node}: Kubelet, worker: PodWorker): boolean {
  const pod = worker.pod as Stored<Pod>;
  const {namespace, name} = worker;
  try {
    const existing = ctx.lister<Pod>('pods').get(namespace, name);
    if (existing) {
      const stale = existing.metadata.annotations?.[MIRROR_POD_ANNOTATION] !== worker.uid;
      if (!stale && !existing.metadata.deletionTimestamp) return true;
      ctx.client.delete('pods', namespace, name, {gracePeriodSeconds: 0, preconditions: {uid: existing.metadata.uid}});
    }
    const owner = ctx.lister('nodes').get('', node);
    const {uid, resourceVersion: _version, creationTimestamp: _created, ...metadata} = pod.metadata;
    ctx.client.create('pods', {
      ...pod,
      metadata: {
        ...metadata,
        annotations: {...metadata.annotations, [MIRROR_POD_ANNOTATION]: uid},
        ...(owner && {ownerReferences: [{apiVersion: 'v1', kind: 'Node', name: node, uid: owner.metadata.uid, controller: true}]}),
      },
    } as Pod);
    ctx.trace('Mirror', `pod/${namespace}/${name}`, 'mirror pod created');
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    ctx.trace('Mirror', `pod/${namespace}/${name}`, error.message);
    return false;
  }
}

/** The mirror of a static pod that is no more. */
export function removeMirrorPod({ctx}: Kubelet, worker: PodWorker): void {
  const existing = ctx.lister<Pod>('pods').get(worker.namespace, worker.name);
  if (!existing || existing.metadata.annotations?.[MIRROR_POD_ANNOTATION] !== worker.uid) return;
  try {
    ctx.client.delete('pods', worker.namespace, worker.name, {gracePeriodSeconds: 0, preconditions: {uid: existing.metadata.uid}});
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
