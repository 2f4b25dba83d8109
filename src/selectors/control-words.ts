/** What somebody did to the cluster from outside of Kubernetes, in words. */
import {isJsonObject} from '../engine/api/clone.ts';
import type {Control} from '../engine/cluster/control.ts';

type Words = {readonly [A in Control['action']]: (control: Extract<Control, {action: A}>) => string};

/** `backend routed, slowMs 50`: the settings that a change names, each down to its last value. */
function settings(change: object): string {
  const leaves = (value: unknown, path: string): string[] =>
    isJsonObject(value)
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key))
      : [`${path} ${Array.isArray(value) ? value.join(',') || 'none' : value}`];
  return leaves(change, '').join(', ');
}

const WORDS: Words = {
  stop: ({program, node}) => `stopped ${program}${node ? ` on ${node}` : ''}`,
  start: ({program, node}) => `started ${program}${node ? ` on ${node}` : ''}`,
  'node-down': ({node}) => `cut the power of ${node}`,
  'node-up': ({node}) => `gave power to ${node}`,
  'add-host': ({host}) => `let ${host.name} join`,
  grow: ({nodes}) => `let machines join until there are ${nodes}`,
  'node-load': ({node, load}) => `put a load on ${node}: ${settings(load)}`,
  runtime: ({node, runtime}) => `put ${runtime} on ${node}`,
  'kubelet-config': ({node, change}) => `configured the kubelet of ${node}: ${settings(change)}`,
  impostor: ({node, there}) => `${there ? 'put an impostor at' : 'sent the impostor away from'} port 10250 of ${node}`,
  'watch-lag': ({owner, resource, lag}) => `let ${owner} hear of ${resource} ${lag} ms late`,
  'watch-stall': ({owner, resource}) => `cut the watch of ${resource} by ${owner}`,
  'watch-mend': ({owner, resource}) => `mended the watch of ${resource} by ${owner}`,
  'etcd-down': ({member}) => `stopped the etcd member ${member}`,
  'etcd-up': ({member}) => `started the etcd member ${member}`,
  'etcd-put': ({key}) => `wrote ${key} into etcd`,
  'etcd-del': ({key, prefix}) => `deleted ${key}${prefix ? ' and all below it' : ''} from etcd`,
  configure: ({change}) => `configured the API server: ${settings(change)}`,
  network: ({change}) => `configured the network: ${settings(change)}`,
  'network-break': ({node, part}) => `broke the ${part} of ${node}`,
  'network-mend': ({node, part}) => `mended the ${part} of ${node}`,
  conflist: ({node, text}) => `${text === undefined ? 'mended' : 'broke'} the plugin configuration of ${node}`,
  'pod-range': ({node, cidr}) => `gave ${node} the pod addresses ${cidr}`,
  'kill-container': ({node, pod, container}) => `ended container ${container} of ${pod} on ${node}`,
  'kill-sandbox': ({node, pod}) => `ended the pause process of ${pod} on ${node}`,
  registry: ({domain, state}) => `made the registry ${domain} ${state}`,
  'status-stall': ({node}) => `held back the status reports of ${node}`,
  'status-mend': ({node}) => `let ${node} report again`,
  manifest: ({node, path, text}) =>
    `${text === undefined ? 'removed' : 'put'} ${path} ${text === undefined ? 'from' : 'into'} the manifests of ${node}`,
};

/** `cut the power of node-2`. */
export const controlText = (control: Control): string => (WORDS[control.action] as (given: Control) => string)(control);
