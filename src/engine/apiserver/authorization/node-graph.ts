/**
 * Is there a way from an object to a node? Upstream keeps a graph fed by informers; here the way is walked from the node's pods.
 * upstream: plugin/pkg/auth/authorizer/node/graph.go AddPod, AddPV, AddVolumeAttachment, AddResourceSlice
 */

import {claimNameOf} from '../../api/persistent-volumes.ts';
import {configMapNames, secretNames} from '../../api/pod-references.ts';
import type {KubeObject, PersistentVolume, Pod} from '../../api/types.ts';
import {MIRROR_POD_ANNOTATION} from '../../api/well-known.ts';
import type {Attributes, PolicyReader} from './types.ts';

/** What a pod refers to, as `resource/name` in its own namespace. Pods are immutable, so it is worked out once for each. */
const references = new WeakMap<Pod, ReadonlySet<string>>();

export function relatedToNode(node: string, {resource, namespace, name}: Attributes, policy: PolicyReader): boolean {
  switch (resource) {
    case 'pods':
      return specOf(policy.get('pods', namespace, name))['nodeName'] === node;
    case 'volumeattachments':
      return specOf(policy.get('volumeattachments', '', name))['nodeName'] === node;
    case 'resourceslices':
      return specOf(policy.get('resourceslices', '', name))['nodeName'] === node;
    case 'persistentvolumes': {
      const claim = specOf(policy.get('persistentvolumes', '', name))['claimRef'] as ClaimRef | undefined;
      return claim !== undefined && referencedOn(node, 'persistentvolumeclaims', claim.namespace ?? '', claim.name ?? '', policy);
    }
    default:
      return referencedOn(node, resource, namespace, name, policy) || (resource === 'secrets' && ofVolume(node, namespace, name, policy));
  }
}

const specOf = (object: KubeObject | undefined): Record<string, unknown> => (object?.['spec'] ?? {}) as Record<string, unknown>;

function referencedOn(node: string, resource: string, namespace: string, name: string, policy: PolicyReader): boolean {
  const key = `${resource}/${name}`;
  return policy.podsOnNode(node).some(pod => pod.metadata.namespace === namespace && referencesOf(pod).has(key));
}

/** Secrets of the volumes that belong to claims of the node's pods. */
function ofVolume(node: string, namespace: string, name: string, policy: PolicyReader): boolean {
  const claims = claimsBySecret(policy.persistentVolumes()).get(`${namespace}/${name}`);
  return claims?.some(claim => referencedOn(node, 'persistentvolumeclaims', claim.namespace ?? '', claim.name ?? '', policy)) ?? false;
}

interface ClaimRef {
  readonly namespace?: string;
  readonly name?: string;
}

const secretsOfVolumes = new WeakMap<readonly PersistentVolume[], ReadonlyMap<string, readonly ClaimRef[]>>();

/** By a secret's `namespace/name`, the claims of the volumes that need it. */
function claimsBySecret(volumes: readonly PersistentVolume[]): ReadonlyMap<string, readonly ClaimRef[]> {
  const known = secretsOfVolumes.get(volumes);
  if (known) return known;
  const found = new Map<string, ClaimRef[]>();
  for (const {spec} of volumes) {
    const claim = spec?.claimRef;
    if (!claim) continue;
    for (const secret of kubeletSecrets(spec as Record<string, unknown>, claim.namespace ?? '')) {
      const claims = found.get(secret);
      if (claims) claims.push(claim);
      else found.set(secret, [claim]);
    }
  }
  secretsOfVolumes.set(volumes, found);
  return found;
}

/**
 * The secrets a kubelet needs for a volume: those its source names (`secretRef`, `nodePublishSecretRef` ...), but for the ones a controller uses.
 * upstream: pkg/api/v1/persistentvolume/util.go VisitPersistentVolumeSecretNames
 */
function kubeletSecrets(spec: Record<string, unknown>, claimNamespace: string): Set<string> {
  const found = new Set<string>();
  for (const source of Object.values(spec))
    for (const [field, value] of Object.entries((source ?? {}) as Record<string, unknown>))
      if (/^(secret|node\w+Secret)Ref$/.test(field) && value && typeof value === 'object') {
        const {name, namespace} = value as {name?: string; namespace?: string};
        found.add(`${namespace || claimNamespace}/${name ?? ''}`);
      }
  const {secretName, secretNamespace} = (spec['azureFile'] ?? {}) as {secretName?: string; secretNamespace?: string};
  if (secretName) found.add(`${secretNamespace || claimNamespace}/${secretName}`);
  return found;
}

function referencesOf(pod: Pod): ReadonlySet<string> {
  let known = references.get(pod);
  if (!known) references.set(pod, (known = collect(pod)));
  return known;
}

function collect(pod: Pod): Set<string> {
  const found = new Set<string>();
  // A mirror pod shows what the kubelet runs anyway: it gives no right to anything.
  if (pod.metadata.annotations?.[MIRROR_POD_ANNOTATION] !== undefined) return found;
  const spec = pod.spec!;
  const add = (resource: string, name: string | undefined): void => {
    if (name) found.add(`${resource}/${name}`);
  };
  add('serviceaccounts', spec.serviceAccountName);
  for (const name of secretNames(pod)) add('secrets', name);
  for (const name of configMapNames(pod)) add('configmaps', name);
  for (const volume of spec.volumes ?? []) add('persistentvolumeclaims', claimNameOf(pod.metadata.name ?? '', volume));
  for (const claim of (spec.resourceClaims ?? []) as {name: string; resourceClaimName?: string}[])
    add('resourceclaims', claim.resourceClaimName);
  for (const claim of pod.status?.resourceClaimStatuses ?? []) add('resourceclaims', claim.resourceClaimName);
  return found;
}
