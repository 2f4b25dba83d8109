/** upstream: plugin/pkg/admission/storage/storageclass/setdefault/admission.go */

import type {core} from '../../api/types.ts';
import {BETA_STORAGE_CLASS_ANNOTATION, DEFAULT_STORAGE_CLASS_ANNOTATION} from '../../api/well-known.ts';
import {newestMarked} from './default-class.ts';
import {isAbout} from './matching.ts';
import type {AdmissionPlugin} from './types.ts';

const IS_DEFAULT_BETA = 'storageclass.beta.kubernetes.io/is-default-class';

/** A claim that names no class gets the default one; the empty name means none. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  handles: attributes => isAbout(attributes, '', 'persistentvolumeclaims', 'CREATE'),
  admit({object}, context) {
    const claim = object as unknown as core.PersistentVolumeClaim;
    if (claim.metadata?.annotations?.[BETA_STORAGE_CLASS_ANNOTATION] !== undefined || claim.spec?.storageClassName !== undefined) return;
    const standing = newestMarked(context.list('storageclasses'), DEFAULT_STORAGE_CLASS_ANNOTATION, IS_DEFAULT_BETA);
    if (standing) (claim.spec ??= {}).storageClassName = standing.metadata.name!;
  },
};
