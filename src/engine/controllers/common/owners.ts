/** upstream: apimachinery/pkg/apis/meta/v1/controller_ref.go */
import type {ObjectMeta, OwnerReference} from '../../api/types.ts';

export interface OwnerKind {
  apiVersion: string;
  kind: string;
}

interface Owned {
  metadata: ObjectMeta;
}

/** The one owner reference with `controller: true`. */
export const controllerOf = (object: Owned): OwnerReference | undefined => object.metadata.ownerReferences?.find(ref => ref.controller);

export const isControlledBy = (object: Owned, owner: {metadata: {uid?: string}}): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid;

export const newControllerRef = (owner: {metadata: {name?: string; uid?: string}}, {apiVersion, kind}: OwnerKind): OwnerReference => ({
  apiVersion,
  kind,
  name: owner.metadata.name!,
  uid: owner.metadata.uid!,
  controller: true,
  blockOwnerDeletion: true,
});
