/** upstream: plugin/pkg/admission/namespace/autoprovision/admission.go */
import type {AdmissionPlugin} from './types.ts';

/** Makes the namespace that a request needs. */
export const namespaceAutoProvision: AdmissionPlugin = {
  name: 'NamespaceAutoProvision',
  handles: ({operation, namespace, kind}) => operation === 'CREATE' && namespace !== '' && kind.kind !== 'Namespace',
  admit({namespace, dryRun}, context) {
    if (dryRun || context.get('namespaces', '', namespace)) return;
    context.create('namespaces', {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
  },
};
