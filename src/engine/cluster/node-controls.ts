/** What a learner can do to a node's pods from outside the API: kill processes, break registries, hold back reports, put a manifest on its disk. */
import type {CriPod} from '../api/cri.ts';
import {createContext} from '../client/context.ts';
import {HOSTS, type Host} from '../client/hosts.ts';
import {findProcess} from '../client/processes.ts';
import {stallStatusManager} from '../kubelet/status/status-manager.ts';
import type {Tx} from '../machine/types.ts';
import type {RegistryState} from '../runtime/catalogue/catalogue.ts';
import type {NodePrograms} from './nodes.ts';

export type NodeControl =
  /** Ends the processes of a running container, as `kill -9` on the node does. `pod`: namespace/name. */
  | {action: 'kill-container'; node: string; pod: string; container: string; exitCode?: number}
  /** Ends a pod's pause process. */
  | {action: 'kill-sandbox'; node: string; pod: string}
  /** What becomes of pulls from a registry, on every node. */
  | {action: 'registry'; domain: string; state: RegistryState}
  /** Holds back a kubelet's status reports, or lets them go. */
  | {action: 'status-stall' | 'status-mend'; node: string}
  /** Writes a manifest into the node's directory of static pods; without text, removes it. */
  | {action: 'manifest'; node: string; path: string; text?: string};

/** Something that was named is not there. */
export class NotThere extends Error {}

export type NodeControls = {[A in NodeControl['action']]: (tx: Tx, control: Extract<NodeControl, {action: A}>) => void};

/** The controls of the nodes' programs. Each throws NotThere. */
export function createNodeControls({runtime, kubelet, kubeletContext}: NodePrograms): NodeControls {
  /** The pod as the node's runtime knows it. */
  const podOn = (tx: Tx, node: string, pod: string): CriPod => {
    const [namespace, name] = pod.split('/');
    const found = runtime
      .cri(tx, node)
      ?.listPods()
      .find(p => p.namespace === namespace && p.name === name);
    if (!found) throw new NotThere(`pod ${pod} on ${node}`);
    return found;
  };
  const stall =
    (stalled: boolean) =>
    (tx: Tx, {node}: {node: string}): void => {
      const ctx = kubeletContext(tx, node);
      if (!ctx) throw new NotThere(`running kubelet on ${node}`);
      stallStatusManager(kubelet.open(ctx), stalled);
    };
  return {
    'kill-container': (tx, {node, pod, container, exitCode}) => {
      const found = podOn(tx, node, pod).containers.find(c => c.metadata.name === container && c.state === 'CONTAINER_RUNNING');
      if (!found) throw new NotThere(`running container ${container} in ${pod}`);
      runtime.faults.killContainer(tx, node, found.id, exitCode);
    },
    'kill-sandbox': (tx, {node, pod}) => {
      const found = podOn(tx, node, pod).sandboxes.find(s => s.state === 'SANDBOX_READY');
      if (!found) throw new NotThere(`sandbox of ${pod}`);
      runtime.faults.killSandbox(tx, node, found.id);
    },
    registry: (tx, {domain, state}) => {
      for (const [, host] of tx.table<Host>(HOSTS).entries()) runtime.faults.setRegistry(tx, host.name, domain, state);
    },
    'status-stall': stall(true),
    'status-mend': stall(false),
    // The node's disk is there whether its kubelet runs or not.
    manifest: (tx, {node, path, text}) =>
      kubelet.writeManifest(createContext(tx, kubelet.component, node, findProcess(tx, `kubelet/${node}`)?.epoch ?? 0), path, text),
  };
}
