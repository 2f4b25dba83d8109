/** upstream: plugin/pkg/admission/gc/gc_admission.go */
import {parseApiVersion} from '../../api/group-version.ts';
import {byKind} from '../../api/kinds.ts';
import type {KubeObject, OwnerReference} from '../../api/types.ts';
import {refusal} from './refusal.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from './types.ts';

/** Owners decide what dies with them: changing them takes the right to delete, and blocking an owner's deletion the right to set its finalizers. */
export const ownerReferencesPermissionEnforcement: AdmissionPlugin = {
  name: 'OwnerReferencesPermissionEnforcement',
  handles: ({operation, subresource}) => (operation === 'CREATE' || operation === 'UPDATE') && subresource === '',
  validate(attributes, context) {
    const {object, oldObject, operation, resource, namespace} = attributes;
    const name = object!.metadata.name ?? '';
    if (same(object, oldObject)) return;
    // 1. A new object's owners are its author's business, unless the name is known: then it could be deleted.
    const deletable =
      operation === 'CREATE' ||
      context.authorize({verb: 'delete', apiGroup: resource.group, resource: resource.resource, namespace, name}).decision === 'Allow';
    if (!deletable) throw refusal(attributes, "cannot set an ownerRef on a resource you can't delete: , <nil>");
    // 2. Owners whose deletion is newly blocked
    for (const owner of newlyBlocking(object, oldObject)) checkOwner(owner, attributes, context);
  },
};

const ownersOf = (object: KubeObject | undefined): readonly OwnerReference[] => object?.metadata.ownerReferences ?? [];
const same = (a: KubeObject | undefined, b: KubeObject | undefined): boolean => JSON.stringify(ownersOf(a)) === JSON.stringify(ownersOf(b));

function newlyBlocking(object: KubeObject | undefined, old: KubeObject | undefined): OwnerReference[] {
  const blocking = new Set(
    ownersOf(old)
      .filter(owner => owner.blockOwnerDeletion)
      .map(({uid}) => uid),
  );
  return ownersOf(object).filter(owner => owner.blockOwnerDeletion && !blocking.has(owner.uid));
}

function checkOwner({apiVersion, kind, name}: OwnerReference, attributes: Attributes, context: AdmissionContext): void {
  const {group, version} = parseApiVersion(apiVersion);
  const known = byKind(group, version, kind);
  if (!known)
    throw refusal(
      attributes,
      `cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion ${apiVersion} Kind ${kind}: no matches for kind "${kind}" in version "${apiVersion}"`,
    );
  const namespace = known.namespaced ? attributes.namespace : '';
  if (
    context.authorize({verb: 'update', apiGroup: group, resource: known.resource, subresource: 'finalizers', namespace, name}).decision !==
    'Allow'
  )
    throw refusal(
      attributes,
      "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: , <nil>",
    );
}
