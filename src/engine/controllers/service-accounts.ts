/** Every active namespace has a service account `default`. upstream: pkg/controller/serviceaccount/serviceaccounts_controller.go */
import type {Namespace, ServiceAccount} from '../api/types.ts';
import {controller} from './common/controller.ts';
import {isAlreadyExists} from './common/errors.ts';
import {isNamespaceTerminating} from './common/pod-control.ts';
import {tell} from './common/tell.ts';

const DEFAULT_SERVICE_ACCOUNT = 'default';

export const serviceAccountController = controller({
  name: 'service-account-controller',
  watches: [
    {resource: 'namespaces', on: (ctx, {type, object}) => void (type !== 'DELETED' && ctx.queue.add(object.metadata.name))},
    {resource: 'serviceaccounts', on: (ctx, {type, object}) => void (type === 'DELETED' && ctx.queue.add(object.metadata.namespace!))},
  ],
  reconcile(ctx, name) {
    const namespace = ctx.lister<Namespace>('namespaces').get('', name);
    if (namespace?.status?.phase !== 'Active') return;
    if (ctx.lister<ServiceAccount>('serviceaccounts').get(name, DEFAULT_SERVICE_ACCOUNT)) return;
    try {
      ctx.client.create<ServiceAccount>('serviceaccounts', {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {name: DEFAULT_SERVICE_ACCOUNT, namespace: name},
      });
      tell(ctx, 'act', `serviceaccount/${name}/${DEFAULT_SERVICE_ACCOUNT}`, () => `created: namespace ${name} had none`);
    } catch (error) {
      if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
    }
  },
});
