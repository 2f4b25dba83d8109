/** upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go */
import {forbidden, notFound} from '../../api/status.ts';
import type {Namespace} from '../../api/types.ts';
import {objectName} from './refusal.ts';
import type {AdmissionPlugin, Attributes} from './types.ts';

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);
const IMMORTAL_NAMESPACE = 'this namespace may not be deleted';

const isNamespace = ({kind}: Attributes): boolean => kind.kind === 'Namespace' && kind.group === '';

/** Nothing is made in a namespace that does not exist or is going away. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  handles: ({operation}) => operation !== 'CONNECT',
  mayChange: () => false,
  admit(attributes, context) {
    const {operation, namespace, resource, name} = attributes;
    if (isNamespace(attributes)) {
      if (operation === 'DELETE' && IMMORTAL.has(name)) throw forbidden(resource, name, IMMORTAL_NAMESPACE);
      return;
    }
    // A question about rights may be asked of a namespace that is not there.
    if (!namespace || operation === 'DELETE' || resource.resource === 'localsubjectaccessreviews') return;
    const found = context.get<Namespace>('namespaces', '', namespace);
    if (!found) throw notFound({group: '', resource: 'namespaces'}, namespace);
    if (operation !== 'CREATE' || found.status?.phase !== 'Terminating') return;
    throw forbidden(
      resource,
      objectName(attributes),
      `unable to create new content in namespace ${namespace} because it is being terminated`,
      [{reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace'}],
    );
  },
};
