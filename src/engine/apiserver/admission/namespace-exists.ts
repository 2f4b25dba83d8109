/** upstream: plugin/pkg/admission/namespace/exists/admission.go */
import {notFound} from '../../api/status.ts';
import type {AdmissionPlugin} from './types.ts';

/** Requests in a namespace that does not exist are refused, deletions too. */
export const namespaceExists: AdmissionPlugin = {
  name: 'NamespaceExists',
  handles: ({operation, namespace, kind}) => operation !== 'CONNECT' && namespace !== '' && kind.kind !== 'Namespace',
  validate({namespace}, context) {
    if (!context.get('namespaces', '', namespace)) throw notFound({group: '', resource: 'namespaces'}, namespace);
  },
};
