/** Binds by POST pods/NAME/binding. upstream: pkg/scheduler/framework/plugins/defaultbinder/default_binder.go */
import type {KubeObject} from '../../api/types.ts';
import type {Plugin} from '../framework/types.ts';

export const defaultBinder = (): Plugin => ({
  name: 'DefaultBinder',
  bind(_cycle, pod, node, client) {
    const {namespace, name, uid} = pod.metadata;
    const binding: KubeObject = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: {namespace, name, uid},
      target: {kind: 'Node', name: node},
    };
    client.create('pods', binding, {subresource: 'binding', name: name!, namespace: namespace!});
    return undefined;
  },
});
