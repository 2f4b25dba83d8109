/** upstream: plugin/pkg/admission/storage/persistentvolume/resize/admission.go */
import {storageClassOf, storageRequestOf} from '../../api/persistent-volumes.ts';
import {cmp} from '../../api/quantity.ts';
import type {KubeObject, PersistentVolumeClaim, storage} from '../../api/types.ts';
import {isAbout} from './matching.ts';
import {refusal} from './refusal.ts';
import type {AdmissionContext, AdmissionPlugin} from './types.ts';

/** A claim may grow when it is bound and its class allows it. */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  handles: attributes => isAbout(attributes, '', 'persistentvolumeclaims', 'UPDATE'),
  validate(attributes, context) {
    const claim = attributes.object as PersistentVolumeClaim;
    const old = attributes.oldObject as PersistentVolumeClaim;
    if (cmp(storageRequestOf(claim), storageRequestOf(old)) <= 0) return;
    if (old.status?.phase !== 'Bound') throw refusal(attributes, 'Only bound persistent volume claims can be expanded');
    const storageClass = storageClassOf(old);
    if (storageClassOf(claim) !== storageClass || !allowsExpansion(storageClass, context))
      throw refusal(
        attributes,
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      );
  },
};

function allowsExpansion(name: string, context: AdmissionContext): boolean {
  return name !== '' && context.get<storage.StorageClass & KubeObject>('storageclasses', '', name)?.allowVolumeExpansion === true;
}
