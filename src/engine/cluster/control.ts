/** What a learner can do to the machine itself, beside the API: stop, start, break, mend. Each is an event with plain data, so it is in the journal. */

import {parseCidr} from '../api/ip.ts';
import {byText} from '../api/order.ts';
import {ApiError} from '../api/types.ts';
import {deleteBehind, putBehind, Unreadable} from '../apiserver/backdoor.ts';
import {configureServer, type ServerConfig, serverConfig} from '../apiserver/config.ts';
import {EtcdError, setMember} from '../apiserver/storage.ts';
import {resumeWatches, tuneWatch} from '../apiserver/watch.ts';
import {ownerOf} from '../client/context.ts';
import {findHost, type Host, type HostLoad, type KubeletConfiguration, updateHost} from '../client/hosts.ts';
import {CONTROL_PLANE} from '../client/leader-election.ts';
import {findProcess, PROCESSES, type Process, type Processes} from '../client/processes.ts';
import {KUBE_CONTROLLER_MANAGER} from '../controllers/common/controller.ts';
import {NODE_IPAM_CONTROLLER} from '../controllers/nodeipam/node-ipam-controller.ts';
import {KUBELET} from '../kubelet/types.ts';
import type {Tx} from '../machine/types.ts';
import {type NetworkControl, networkControls, rangeFault} from '../network/faults.ts';
import {flavourOf, flavours, type RuntimeName} from '../runtime/flavours.ts';
import {restoreDefaults} from './bootstrap.ts';
import type {Joining} from './joining.ts';
import {createNodeControls, type NodeControl, NotThere} from './node-controls.ts';
import type {NodePrograms} from './nodes.ts';

export type Control =
  | {action: 'stop' | 'start'; program: string; node?: string}
  | {action: 'node-down' | 'node-up'; node: string}
  | {action: 'add-host'; host: Host}
  /** Plain computers join, a few at a time, until there are so many. */
  | {action: 'grow'; nodes: number}
  /** Something else fills a computer's disk, or runs on it. */
  | {action: 'node-load'; node: string; load: HostLoad}
  /** Another container runtime takes a node over. What ran there is gone, as after a drain. */
  | {action: 'runtime'; node: string; runtime: RuntimeName}
  /** Writes fields into a kubelet's configuration and starts it again. */
  | {action: 'kubelet-config'; node: string; change: KubeletConfiguration}
  /** Somebody answers on a node's port 10250 in the kubelet's stead, or no longer. */
  | {action: 'impostor'; node: string; there: boolean}
  | {action: 'watch-lag'; owner: string; resource: string; lag: number}
  | {action: 'watch-stall' | 'watch-mend'; owner: string; resource: string}
  | {action: 'etcd-down' | 'etcd-up'; member: string}
  /** Written to the store by another client than the API server. */
  | {action: 'etcd-put'; key: string; value: string}
  | {action: 'etcd-del'; key: string; prefix: boolean}
  | {action: 'configure'; change: Partial<ServerConfig>}
  | NetworkControl
  | NodeControl;

/** A control names something that is not there. */
export class ControlError extends Error {}

const found = (count: number | boolean, what: string): void => {
  if (!count) throw new ControlError(`there is no ${what}`);
};

export type Controls = {[A in Control['action']]: (tx: Tx, control: Extract<Control, {action: A}>) => void};

/** The controls of a cluster with these processes. Each throws ControlError for what is not there. */
export function createControls(processes: Processes, nodes: NodePrograms, joining: Joining): Controls {
  const nodeControls = createNodeControls(nodes);
  const program = (run: boolean) => (tx: Tx, c: {program: string; node?: string}) => {
    if (c.program === 'kube-apiserver') {
      if (serverConfig(tx).running === run) return;
      configureServer(tx, {running: run});
      if (run) {
        restoreDefaults(tx);
        resumeWatches(tx);
      }
      return;
    }
    const names = new Set([...tx.table<Process>(PROCESSES).entries()].map(([, process]) => process.program));
    found(names.has(c.program), `program ${c.program}: there are ${['kube-apiserver', ...names].sort(byText).join(', ')}`);
    found(processes.setProgram(tx, c.program, run, c.node === CONTROL_PLANE ? '' : c.node), `program ${c.program} on ${c.node}`);
  };
  const power = (up: boolean) => (tx: Tx, c: {node: string}) => {
    found(findHost(tx, c.node) !== undefined, `node ${c.node}`);
    if (!up) nodes.runtime.faults.powerOff(tx, c.node);
    updateHost(tx, c.node, {up});
    processes.setInstance(tx, c.node, up);
  };
  const member = (up: boolean) => (tx: Tx, c: {member: string}) => {
    try {
      setMember(tx, c.member, up);
    } catch {
      throw new ControlError(`there is no etcd member ${c.member}`);
    }
  };
  const stall = (stalled: boolean) => (tx: Tx, c: {owner: string; resource: string}) =>
    found(tuneWatch(tx, c.owner, c.resource, {stalled}), `watch of ${c.resource} by ${c.owner}`);
  const onHost =
    <C extends {node: string}>(act: (tx: Tx, control: C) => void) =>
    (tx: Tx, c: C): void => {
      found(findHost(tx, c.node) !== undefined, `node ${c.node}`);
      act(tx, c);
    };
  /** What the node's programs miss is told as a control's error. */
  const onNode =
    <C>(act: (tx: Tx, control: C) => void) =>
    (tx: Tx, c: C): void => {
      try {
        act(tx, c);
      } catch (error) {
        if (error instanceof NotThere) throw new ControlError(`there is no ${error.message}`);
        throw error;
      }
    };
  const behind =
    <C>(act: (tx: Tx, control: C) => void) =>
    (tx: Tx, c: C): void => {
      try {
        act(tx, c);
      } catch (error) {
        if (error instanceof EtcdError || error instanceof Unreadable || error instanceof ApiError) throw new ControlError(error.message);
        throw error;
      }
    };
  const restartKubelet = (tx: Tx, node: string): void => {
    if (!findProcess(tx, `${KUBELET}/${node}`)?.running) return;
    for (const run of [false, true]) processes.setProgram(tx, KUBELET, run, node);
  };
  return {
    stop: program(false),
    start: program(true),
    'node-down': power(false),
    'node-up': power(true),
    'add-host'(tx, {host}) {
      if (findHost(tx, host.name)) throw new ControlError(`there is a node ${host.name} already`);
      joining.add(tx, host);
    },
    grow(tx, {nodes: wanted}) {
      const expected = joining.expected(tx);
      if (wanted <= expected) throw new ControlError(`there are ${expected} nodes already; kubectl delete node takes one away`);
      joining.joinUntil(tx, wanted);
    },
    'node-load': onHost((tx, c: {action: 'node-load'; node: string; load: HostLoad}) =>
      updateHost(tx, c.node, {load: {...findHost(tx, c.node)!.load, ...c.load}}),
    ),
    'kubelet-config': onHost((tx, c: {action: 'kubelet-config'; node: string; change: KubeletConfiguration}) => {
      updateHost(tx, c.node, {kubelet: {...findHost(tx, c.node)!.kubelet, ...c.change}});
      restartKubelet(tx, c.node);
    }),
    impostor: onHost((tx, c: {action: 'impostor'; node: string; there: boolean}) => updateHost(tx, c.node, {impostor: c.there})),
    runtime: onHost((tx, c: {action: 'runtime'; node: string; runtime: RuntimeName}) => {
      nodes.runtime.faults.wipe(tx, c.node);
      processes.setProgram(tx, flavourOf(findHost(tx, c.node)).program, false, c.node);
      updateHost(tx, c.node, {runtime: c.runtime});
      processes.setProgram(tx, flavours[c.runtime].program, true, c.node);
      restartKubelet(tx, c.node);
    }),
    'watch-lag': (tx, c) => found(tuneWatch(tx, c.owner, c.resource, {lag: c.lag}), `watch of ${c.resource} by ${c.owner}`),
    'watch-stall': stall(true),
    'watch-mend': stall(false),
    'etcd-down': member(false),
    'etcd-up': member(true),
    'etcd-put': behind((tx, c: {key: string; value: string}) => putBehind(tx, c.key, c.value)),
    'etcd-del': behind((tx, c: {key: string; prefix: boolean}) => found(deleteBehind(tx, c.key, c.prefix), `key ${c.key}`)),
    configure: (tx, c) => configureServer(tx, c.change),
    network(tx, c) {
      const {clusterCIDR} = c.change;
      if (clusterCIDR !== undefined) {
        const fault = rangeFault(tx, clusterCIDR);
        if (fault) throw new ControlError(fault);
      }
      networkControls.network(tx, c);
      // --cluster-cidr is a flag: who gives the nodes their blocks is started anew.
      if (clusterCIDR !== undefined && findProcess(tx, ownerOf(NODE_IPAM_CONTROLLER, ''))?.running)
        for (const run of [false, true]) processes.setProgram(tx, KUBE_CONTROLLER_MANAGER, run);
    },
    'network-break': onHost(networkControls['network-break']),
    'network-mend': onHost(networkControls['network-mend']),
    conflist: onHost((tx, c: Extract<NetworkControl, {action: 'conflist'}>) => {
      networkControls.conflist(tx, c);
      nodes.networkInstalled(tx, c.node);
    }),
    'pod-range': onHost((tx, c: {action: 'pod-range'; node: string; cidr: string}) => {
      found(parseCidr(c.cidr) !== undefined, `block of addresses ${c.cidr}`);
      networkControls['pod-range'](tx, c);
      nodes.networkInstalled(tx, c.node);
    }),
    'kill-container': onHost(onNode(nodeControls['kill-container'])),
    'kill-sandbox': onHost(onNode(nodeControls['kill-sandbox'])),
    registry: nodeControls.registry,
    'status-stall': onHost(onNode(nodeControls['status-stall'])),
    'status-mend': onHost(onNode(nodeControls['status-mend'])),
    manifest: onHost(nodeControls.manifest),
  };
}
