/** The authority of the API server's certificate, in a ConfigMap of every namespace, for pods to mount. upstream: pkg/controller/certificates/rootcacertpublisher/publisher.go */
import type {ConfigMap, Namespace} from '../api/types.ts';
import {controller} from './common/controller.ts';
import {isAlreadyExists, isNotFound} from './common/errors.ts';
import {isNamespaceTerminating} from './common/pod-control.ts';
import {tell} from './common/tell.ts';

const ROOT_CA_CONFIG_MAP = 'kube-root-ca.crt';

const ROOT_CA_DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. ' +
  'No other usage is guaranteed across distributions of Kubernetes clusters.';

/** The cluster's authority. It signs in name only: nothing here is encrypted, so that nothing has to be kept secret. */
export const ROOT_CA =
  '-----BEGIN CERTIFICATE-----\ncG9keXNzZXk6IGt1YmVybmV0ZXMgcm9vdCBjZXJ0aWZpY2F0ZSBhdXRob3JpdHk=\n-----END CERTIFICATE-----\n';

const annotations = {'kubernetes.io/description': ROOT_CA_DESCRIPTION};

export const rootCaPublisher = controller({
  name: 'root-ca-cert-publisher',
  watches: [
    {
      resource: 'namespaces',
      on: (ctx, {type, object}) => void (type !== 'DELETED' && ctx.queue.add(object.metadata.name)),
    },
    {
      resource: 'configmaps',
      on: (ctx, {type, object}) =>
        void (object.metadata.name === ROOT_CA_CONFIG_MAP && type !== 'ADDED' && ctx.queue.add(object.metadata.namespace!)),
    },
  ],
  reconcile(ctx, name) {
    const namespace = ctx.lister<Namespace>('namespaces').get('', name);
    if (namespace?.status?.phase !== 'Active') return;
    const published = ctx.lister<ConfigMap>('configmaps').get(name, ROOT_CA_CONFIG_MAP);
    const subject = `configmap/${name}/${ROOT_CA_CONFIG_MAP}`;
    if (
      published?.data?.['ca.crt'] === ROOT_CA &&
      Object.keys(published.data).length === 1 &&
      published.metadata.annotations?.['kubernetes.io/description']
    )
      return;
    try {
      if (published) {
        const metadata = {...published.metadata, annotations: {...published.metadata.annotations, ...annotations}};
        ctx.client.update<ConfigMap>('configmaps', {...published, metadata, data: {'ca.crt': ROOT_CA}});
        tell(ctx, 'act', subject, () => 'put right what had been changed');
      } else {
        ctx.client.create<ConfigMap>('configmaps', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: {name: ROOT_CA_CONFIG_MAP, namespace: name, annotations},
          data: {'ca.crt': ROOT_CA},
        });
        tell(ctx, 'act', subject, () => `published in namespace ${name}`);
      }
    } catch (error) {
      if (!isAlreadyExists(error) && !isNotFound(error) && !isNamespaceTerminating(error)) throw error;
    }
  },
});
