/** Keeps a kubelet to its own node and pods. upstream: plugin/pkg/admission/noderestriction/admission.go */

import {equalJson} from '../../api/clone.ts';
import {goQuote} from '../../api/field-errors.ts';
import {groupResourceOf} from '../../api/group-version.ts';
import {configMapNames, secretNames} from '../../api/pod-references.ts';
import {notFound} from '../../api/status.ts';
import type {KubeObject, Node, OwnerReference, Pod} from '../../api/types.ts';
import {MIRROR_POD_ANNOTATION, NAMESPACE_NODE_LEASE} from '../../api/well-known.ts';
import {nodeIdentity} from '../authorization/node.ts';
import {refusal} from './refusal.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from './types.ts';

const RESTRICTED_NAMESPACE = 'node-restriction.kubernetes.io';

type Check = (node: string, attributes: Attributes, context: AdmissionContext) => void;

export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: ({user, operation}) => operation !== 'CONNECT' && nodeIdentity(user) !== undefined,
  mayChange: () => false,
  admit(attributes, context) {
    const node = nodeIdentity(attributes.user)!;
    if (node === '') throw refusal(attributes, `could not determine node from user ${goQuote(attributes.user.username)}`);
    CHECKS[groupResourceOf(attributes.resource)]?.(node, attributes, context);
  },
};

const CHECKS: Readonly<Record<string, Check>> = {
  pods(node, attributes, context) {
    const check = POD_CHECKS[attributes.subresource];
    if (!check)
      throw refusal(attributes, `unexpected pod subresource "${attributes.subresource}", only 'status' and 'eviction' are allowed`);
    check(node, attributes, context);
  },
  nodes: checkNode,
  persistentvolumeclaims(node, attributes) {
    if (attributes.subresource !== 'status') throw refusal(attributes, 'may only update PVC status');
    if (attributes.operation !== 'UPDATE') throw refusal(attributes, `unexpected operation "${attributes.operation}"`);
    const {status: _status, ...rest} = attributes.object!;
    const {status: _old, ...restBefore} = attributes.oldObject!;
    if (!equalJson(rest, restBefore)) throw refusal(attributes, `node "${node}" is not allowed to update fields other than status`);
  },
  serviceaccounts: checkTokenRequest,
  'leases.coordination.k8s.io'(node, attributes) {
    if (attributes.namespace !== NAMESPACE_NODE_LEASE)
      throw refusal(attributes, `can only access leases in the "${NAMESPACE_NODE_LEASE}" system namespace`);
    if (ownName(attributes) !== node) throw refusal(attributes, 'can only access node lease with the same name as the requesting node');
  },
  'csinodes.storage.k8s.io'(node, attributes) {
    if (ownName(attributes) !== node) throw refusal(attributes, 'can only access CSINode with the same name as the requesting node');
  },
  'resourceslices.resource.k8s.io'(node, attributes) {
    const {nodeName} = ((attributes.object ?? attributes.oldObject)?.['spec'] ?? {}) as {nodeName?: string};
    if (attributes.operation === 'CREATE' && nodeName !== node)
      throw refusal(attributes, 'can only create ResourceSlice with the same NodeName as the requesting node');
    if (attributes.operation !== 'CREATE' && nodeName !== node)
      throw refusal(
        attributes,
        `can only ${attributes.operation.toLowerCase()} ResourceSlice with the same NodeName as the requesting node`,
      );
  },
};

/** The name of the URL is not known for a create. */
const ownName = ({operation, name, object}: Attributes): string => (operation === 'CREATE' ? (object?.metadata.name ?? '') : name);

const POD_CHECKS: Readonly<Record<string, Check>> = {
  ''(node, attributes, context) {
    if (attributes.operation === 'CREATE') return checkMirrorPod(node, attributes, context);
    if (attributes.operation !== 'DELETE')
      throw refusal(attributes, `unexpected operation "${attributes.operation}", node "${node}" can only create and delete mirror pods`);
    if (existingPod(attributes, context).spec?.nodeName !== node)
      throw refusal(attributes, `node "${node}" can only delete pods with spec.nodeName set to itself`);
  },
  status(node, attributes) {
    if (attributes.operation !== 'UPDATE') throw refusal(attributes, `unexpected operation "${attributes.operation}"`);
    const old = attributes.oldObject as Pod;
    if (old.spec?.nodeName !== node)
      throw refusal(attributes, `node "${node}" can only update pod status for pods with spec.nodeName set to itself`);
    if (!equalJson(attributes.object!.metadata.labels ?? {}, old.metadata.labels ?? {}))
      throw refusal(attributes, `node "${node}" cannot update labels through pod status`);
    if (!equalJson((attributes.object as Pod).status?.resourceClaimStatuses ?? [], old.status?.resourceClaimStatuses ?? []))
      throw refusal(attributes, `node "${node}" cannot update resource claim statuses`);
  },
  eviction(node, attributes, context) {
    if (attributes.operation !== 'CREATE') throw refusal(attributes, `unexpected operation ${attributes.operation}`);
    if (existingPod(attributes, context).spec?.nodeName !== node)
      throw refusal(attributes, `node ${node} can only evict pods with spec.nodeName set to itself`);
  },
};

function existingPod({namespace, name, object}: Attributes, context: AdmissionContext): Pod {
  const wanted = name || (object?.metadata.name ?? '');
  const pod = context.get<Pod>('pods', namespace, wanted);
  if (!pod) throw notFound({group: '', resource: 'pods'}, wanted);
  return pod;
}

/** A kubelet shows the pods of its own disk as mirror pods: they belong to its Node and may use nothing of the cluster's. */
function checkMirrorPod(node: string, attributes: Attributes, context: AdmissionContext): void {
  const pod = attributes.object as Pod;
  const {annotations, ownerReferences: owners = []} = pod.metadata;
  const deny = (why: string): never => {
    throw refusal(attributes, `node "${node}" ${why}`);
  };
  if (annotations?.[MIRROR_POD_ANNOTATION] === undefined)
    throw refusal(attributes, `pod does not have "${MIRROR_POD_ANNOTATION}" annotation, node "${node}" can only create mirror pods`);
  if (pod.spec!.nodeName !== node) deny('can only create pods with spec.nodeName set to itself');
  if (owners.length > 1) deny('can only create pods with a single owner reference set to itself');
  const [owner] = owners;
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    deny('can only create pods with an owner reference set to itself');
  checkOwner(owner!, node, attributes, context, deny);
  if (pod.spec!.serviceAccountName) deny('can not create pods that reference a service account');
  if (secretNames(pod).length > 0) deny('can not create pods that reference secrets');
  if (configMapNames(pod).length > 0) deny('can not create pods that reference configmaps');
  const volumes = pod.spec!.volumes ?? [];
  if (volumes.some(({projected}) => projected?.sources?.some(source => source.clusterTrustBundle)))
    deny('can not create pods that reference clustertrustbundles');
  if (volumes.some(({persistentVolumeClaim}) => persistentVolumeClaim)) deny('can not create pods that reference persistentvolumeclaims');
  if (pod.spec!.resourceClaims?.length) deny('can not create pods that reference resourceclaims');
}

function checkOwner(
  owner: OwnerReference,
  name: string,
  attributes: Attributes,
  context: AdmissionContext,
  deny: (why: string) => never,
): void {
  if (!owner.controller) deny('can only create pods with a controller owner reference set to itself');
  if (owner.blockOwnerDeletion) deny('must not set blockOwnerDeletion on an owner reference');
  const node = context.get<Node>('nodes', '', name);
  if (!node) throw notFound({group: '', resource: 'nodes'}, name);
  if (owner.uid !== node.metadata.uid)
    throw refusal(attributes, `node ${name} UID mismatch: expected ${owner.uid} got ${node.metadata.uid}`);
}

function checkNode(node: string, attributes: Attributes): void {
  const {operation, name, object, oldObject} = attributes;
  const requested = name || object?.metadata.name || '';
  if (requested !== node) throw refusal(attributes, `node "${node}" is not allowed to modify node "${requested}"`);
  if (operation !== 'CREATE' && operation !== 'UPDATE') return;
  const {spec, metadata} = object as Node;
  const old = oldObject as Node | undefined;
  if (spec?.configSource && !equalJson(spec.configSource, old?.spec?.configSource))
    throw refusal(
      attributes,
      operation === 'CREATE'
        ? `node "${node}" is not allowed to create pods with a non-nil configSource`
        : `node "${node}" is not allowed to update configSource to a new non-nil configSource`,
    );
  if (old && !equalJson(spec?.taints ?? [], old.spec?.taints ?? []))
    throw refusal(attributes, `node "${node}" is not allowed to modify taints`);
  if (old && !equalJson(metadata.ownerReferences ?? [], old.metadata.ownerReferences ?? []))
    throw refusal(attributes, `node "${node}" is not allowed to modify ownerReferences`);
  const barred = changedLabels(metadata.labels, old?.metadata.labels).filter(isBarred);
  if (barred.length === 0) return;
  const what = old ? 'is not allowed to modify labels' : 'is not allowed to set the following labels';
  throw refusal(attributes, `node "${node}" ${what}: ${barred.join(', ')}`);
}

type Labels = Readonly<Record<string, string>>;

function changedLabels(labels: Labels = {}, old: Labels = {}): string[] {
  return [...new Set([...Object.keys(labels), ...Object.keys(old)])].filter(label => labels[label] !== old[label]).sort();
}

/** Labels of a kubelet's own, outside of which everything under kubernetes.io and k8s.io is the administrators'. upstream: kubelet/pkg/apis/well_known_labels.go */
const KUBELET_LABELS = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);
const KUBELET_NAMESPACES = ['kubelet.kubernetes.io', 'node.kubernetes.io'];

function isBarred(label: string): boolean {
  const namespace = label.includes('/') ? label.split('/')[0]! : '';
  const within = (parent: string): boolean => namespace === parent || namespace.endsWith(`.${parent}`);
  if (within(RESTRICTED_NAMESPACE)) return true;
  return (within('kubernetes.io') || within('k8s.io')) && !KUBELET_LABELS.has(label) && !KUBELET_NAMESPACES.some(within);
}

interface TokenRequest extends KubeObject {
  spec?: {boundObjectRef?: {apiVersion?: string; kind?: string; name?: string; uid?: string}};
}

/** Tokens only for the pods of the node, and bound to them. */
function checkTokenRequest(node: string, attributes: Attributes, context: AdmissionContext): void {
  if (attributes.operation !== 'CREATE' || attributes.subresource !== 'token') return;
  const ref = (attributes.object as TokenRequest).spec?.boundObjectRef;
  if (ref?.apiVersion !== 'v1' || ref.kind !== 'Pod' || !ref.name) throw refusal(attributes, 'node requested token not bound to a pod');
  if (!ref.uid) throw refusal(attributes, 'node requested token with a pod binding without a uid');
  const pod = context.get<Pod>('pods', attributes.namespace, ref.name);
  if (!pod) throw notFound({group: '', resource: 'pods'}, ref.name);
  if (ref.uid !== pod.metadata.uid)
    throw refusal(
      attributes,
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (pod.spec?.nodeName !== node) throw refusal(attributes, 'node requested token bound to a pod scheduled on a different node');
}
