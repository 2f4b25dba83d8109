/** upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/controller_ref.go */
import type {KubeObject, ObjectMeta, OwnerReference} from './types.ts';

/** The reference by which a controller owns what it makes. */
export const newControllerRef = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name ?? '',
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

/** The reference to the managing controller, if there is one. */
export const controllerOf = (object: {metadata?: ObjectMeta}): OwnerReference | undefined =>
  object.metadata?.ownerReferences?.find(ref => ref.controller === true);
