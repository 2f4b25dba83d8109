/** upstream: plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go */
import {groupResourceOf} from '../../api/group-version.ts';
import {PV_PROTECTION_FINALIZER, PVC_PROTECTION_FINALIZER} from '../../api/well-known.ts';
import type {AdmissionPlugin} from './types.ts';

const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumeclaims: PVC_PROTECTION_FINALIZER,
  persistentvolumes: PV_PROTECTION_FINALIZER,
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
};

const finalizerFor = (resource: {group: string; resource: string}): string | undefined => FINALIZERS[groupResourceOf(resource)];

/** What is in use is deleted only when it no longer is. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: ({operation, resource, subresource}) => operation === 'CREATE' && subresource === '' && finalizerFor(resource) !== undefined,
  admit({resource, object}) {
    const finalizer = finalizerFor(resource)!;
    const metadata = object!.metadata;
    if (!metadata.finalizers?.includes(finalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
  },
};
