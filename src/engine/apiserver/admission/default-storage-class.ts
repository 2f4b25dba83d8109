/** upstream: plugin/pkg/admission/storage/storageclass/setdefault/admission.go */
import type {core} from '../../api/types.ts';
import {newestMarked} from './default-class.ts';
import {isAbout} from './matching.ts';
import type {AdmissionPlugin} from './types.ts';

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const IS_DEFAULT_BETA = 'storageclass.beta.kubernetes.io/is-default-class';

/** A claim that names no class gets the default one; the empty name means none. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  handles: attributes => isAbout(attributes, '', 'persistentvolumeclaims', 'CREATE'),
  admit({object}, context) {
    const claim = object as unknown as core.PersistentVolumeClaim;
    if (claim.metadata?.annotations?.[CLASS_ANNOTATION] !== undefined || claim.spec?.storageClassName !== undefined) return;
    const standing = newestMarked(context.list('storageclasses'), IS_DEFAULT, IS_DEFAULT_BETA);
    if (standing) (claim.spec ??= {}).storageClassName = standing.metadata.name!;
  },
};
