/** upstream: plugin/pkg/admission/storage/persistentvolume/resize/admission.go */
import {cmp, parseQuantity} from '../../api/quantity.ts';
import type {core, KubeObject, storage} from '../../api/types.ts';
import {isAbout} from './matching.ts';
import {refusal} from './refusal.ts';
import type {AdmissionContext, AdmissionPlugin} from './types.ts';

type Claim = core.PersistentVolumeClaim & KubeObject;
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** A claim may grow when it is bound and its class allows it. */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  handles: attributes => isAbout(attributes, '', 'persistentvolumeclaims', 'UPDATE'),
  validate(attributes, context) {
    const claim = attributes.object as Claim;
    const old = attributes.oldObject as Claim;
    if (cmp(storageOf(claim), storageOf(old)) <= 0) return;
    if (old.status?.phase !== 'Bound') throw refusal(attributes, 'Only bound persistent volume claims can be expanded');
    const sameClass = className(claim) === className(old);
    if (!sameClass || !allowsExpansion(className(old), context))
      throw refusal(
        attributes,
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      );
  },
};

const storageOf = (claim: Claim) => parseQuantity(claim.spec?.resources?.requests?.['storage'] ?? '0');
const className = (claim: Claim): string => claim.metadata.annotations?.[CLASS_ANNOTATION] ?? claim.spec?.storageClassName ?? '';

function allowsExpansion(name: string, context: AdmissionContext): boolean {
  return name !== '' && context.get<storage.StorageClass & KubeObject>('storageclasses', '', name)?.allowVolumeExpansion === true;
}
