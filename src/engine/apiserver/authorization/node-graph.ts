/**
 * Is there a way from an object to a node? Upstream keeps a graph fed by informers; here the way is walked from the node's pods.
 * upstream: plugin/pkg/auth/authorizer/node/graph.go AddPod, AddPV, AddVolumeAttachment, AddResourceSlice
 */

import {claimNameOf} from '../../api/persistent-volumes.ts';
import {allContainers} from '../../api/pods.ts';
import type {KubeObject, Pod} from '../../api/types.ts';
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
      const claim = specOf(policy.get('persistentvolumes', '', name))['claimRef'] as {namespace?: string; name?: string} | undefined;
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

/** Secrets of the volumes that claims of the node's pods are bound to. */
function ofVolume(node: string, namespace: string, name: string, policy: PolicyReader): boolean {
  return policy.podsOnNode(node).some(pod =>
    [...referencesOf(pod)]
      .filter(key => key.startsWith('persistentvolumeclaims/'))
      .some(key => {
        const claim = policy.get('persistentvolumeclaims', pod.metadata.namespace ?? '', key.slice(key.indexOf('/') + 1));
        const volume = policy.get('persistentvolumes', '', String(specOf(claim)['volumeName'] ?? ''));
        return secretRefs(specOf(volume), pod.metadata.namespace ?? '').has(`${namespace}/${name}`);
      }),
  );
}

/** The secrets a volume's source names (`secretRef`, `nodePublishSecretRef` ...), as `namespace/name`. */
function secretRefs(spec: Record<string, unknown>, claimNamespace: string): Set<string> {
  const found = new Set<string>();
  for (const source of Object.values(spec))
    for (const [field, value] of Object.entries((source ?? {}) as Record<string, unknown>))
      if (/secretref$/i.test(field) && value && typeof value === 'object') {
        const {name, namespace} = value as {name?: string; namespace?: string};
        found.add(`${namespace || claimNamespace}/${name ?? ''}`);
      }
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
  for (const {name} of spec.imagePullSecrets ?? []) add('secrets', name);
  for (const container of allContainers(spec)) {
    for (const {configMapRef, secretRef} of container.envFrom ?? []) {
      add('configmaps', configMapRef?.name);
      add('secrets', secretRef?.name);
    }
    for (const {valueFrom} of container.env ?? []) {
      add('configmaps', valueFrom?.configMapKeyRef?.name);
      add('secrets', valueFrom?.secretKeyRef?.name);
    }
  }
  for (const volume of spec.volumes ?? []) {
    add('secrets', volume.secret?.secretName);
    add('configmaps', volume.configMap?.name);
    add('persistentvolumeclaims', claimNameOf(pod.metadata.name ?? '', volume));
    for (const source of volume.projected?.sources ?? []) {
      add('secrets', source.secret?.name);
      add('configmaps', source.configMap?.name);
    }
    for (const source of [volume.azureFile, volume.cephfs?.secretRef, volume.csi?.nodePublishSecretRef, volume.flexVolume?.secretRef])
      if (source) add('secrets', 'secretName' in source ? source.secretName : source.name);
    for (const source of [volume.iscsi?.secretRef, volume.rbd?.secretRef, volume.scaleIO?.secretRef, volume.storageos?.secretRef])
      add('secrets', source?.name);
  }
  for (const claim of (spec.resourceClaims ?? []) as {name: string; resourceClaimName?: string}[])
    add('resourceclaims', claim.resourceClaimName);
  for (const claim of pod.status?.resourceClaimStatuses ?? []) add('resourceclaims', claim.resourceClaimName);
  return found;
}
