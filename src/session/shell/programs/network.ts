/** What stands on a node of the network. Without a node's name these tools look at the first one. */

import {findHost} from '../../../engine/client/hosts.ts';
import type {Cluster} from '../../../engine/cluster/cluster.ts';
import {type PodInterface, podInterfaces} from '../../../engine/network/cni/node-network.ts';
import type {Reader} from '../../../engine/network/proxy/node-rules.ts';
import {ipAddr, ipRoute, ipRouteInside, nodeInterfaces, podInterfacesInside} from '../../../engine/network/tools/ip.ts';
import {conntrackList, iptablesSave, ipvsadm, nftRules} from '../../../engine/network/tools/rules.ts';
import {stderr, stdout} from '../../../kubectl/effects.ts';
import type {Program} from '../shell.ts';
import {hostNames, nodeWords} from './hosts.ts';

/** A tool that prints lines about one node. */
const nodeTool = (name: string, flags: readonly string[], about: string, lines: (from: Reader, node: string) => string[]): Program => ({
  name,
  usage: [name, ...flags, '[NODE]'].join(' '),
  about,
  *run(argv, {cluster}) {
    const known = hostNames(cluster);
    const node = argv.find(word => !flags.includes(word)) ?? known[0] ?? '';
    if (!findHost(cluster.machine, node)) {
      yield* stderr(`${name}: there is no node ${node}\n`);
      return 1;
    }
    yield* stdout(
      lines(cluster.machine, node)
        .map(line => `${line}\n`)
        .join(''),
    );
    return 0;
  },
  complete: (_argv, {cluster}) => nodeWords(cluster),
});

interface View {
  node(from: Reader, node: string): string[];
  pod(from: Reader, node: string, pod: PodInterface): string[];
}

const IP_VIEWS: Readonly<Record<string, View>> = {
  addr: {
    node: (from, node) => ipAddr(nodeInterfaces(from, node)),
    pod: (from, node, pod) => ipAddr(podInterfacesInside(from, node, pod)),
  },
  route: {node: ipRoute, pod: (from, _node, pod) => ipRouteInside(from, pod)},
};

/** A pod's way out, by `POD` or `NAMESPACE/POD`, and the node that it is on. */
function findPod(cluster: Cluster, text: string): {node: string; pod: PodInterface} | undefined {
  const [name, namespace = 'default'] = text.split('/').reverse() as [string, string?];
  for (const node of hostNames(cluster))
    for (const pod of podInterfaces(cluster.machine, node)) if (pod.podName === name && pod.podNamespace === namespace) return {node, pod};
  return undefined;
}

const ip: Program = {
  name: 'ip',
  usage: 'ip addr|route [NODE|POD]',
  about: "a node's interfaces and routes, or a pod's",
  *run(argv, {cluster}) {
    const [object = '', where = hostNames(cluster)[0] ?? ''] = argv;
    const view = Object.entries(IP_VIEWS).find(([name]) => object !== '' && name.startsWith(object))?.[1];
    if (!view) {
      yield* stderr(`Object "${object}" is unknown, try "ip addr" or "ip route".\n`);
      return 1;
    }
    const found = findHost(cluster.machine, where) ? undefined : findPod(cluster, where);
    if (!found && !findHost(cluster.machine, where)) {
      yield* stderr(`ip: there is no node and no running pod ${where}\n`);
      return 1;
    }
    const lines = found ? view.pod(cluster.machine, found.node, found.pod) : view.node(cluster.machine, where);
    yield* stdout(lines.map(line => `${line}\n`).join(''));
    return 0;
  },
  complete: (argv, {cluster}) => (argv.length ? nodeWords(cluster) : Object.keys(IP_VIEWS).map(text => ({text, about: 'object'}))),
};

export const networkPrograms: readonly Program[] = [
  ip,
  nodeTool('iptables-save', [], "kube-proxy's rules on a node", iptablesSave),
  nodeTool('nft', [], "kube-proxy's rules in nftables mode", nftRules),
  nodeTool('ipvsadm', ['-Ln'], "kube-proxy's table in ipvs mode", ipvsadm),
  nodeTool('conntrack', ['-L'], "connections that a node's kernel remembers", conntrackList),
];
