/** A pod that names its node. upstream: pkg/scheduler/framework/plugins/nodename/node_name.go */
import {unresolvable} from '../framework/status.ts';
import type {Plugin} from '../framework/types.ts';

const REASON_NODE_NAME = "node(s) didn't match the requested node name";

export const nodeName = (): Plugin => ({
  name: 'NodeName',
  filter: (_cycle, pod, node) => (pod.spec?.nodeName && pod.spec.nodeName !== node.name ? unresolvable(REASON_NODE_NAME) : undefined),
  events: [{resource: 'Node', actions: ['Add']}],
});
