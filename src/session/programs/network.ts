/** What stands on a node of the network. Without a node's name these tools look at the first one. */

import {findHost} from '../../engine/client/hosts.ts';
import type {Reader} from '../../engine/network/proxy/node-rules.ts';
import {ipAddr, ipRoute, nodeInterfaces} from '../../engine/network/tools/ip.ts';
import {conntrackList, iptablesSave, ipvsadm, nftRules} from '../../engine/network/tools/rules.ts';
import {stderr, stdout} from '../../kubectl/effects.ts';
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

const IP_VIEWS: Readonly<Record<string, (from: Reader, node: string) => string[]>> = {
  addr: (from, node) => ipAddr(nodeInterfaces(from, node)),
  route: ipRoute,
};

const ip: Program = {
  name: 'ip',
  usage: 'ip addr|route [NODE]',
  about: "a node's interfaces and routes",
  *run(argv, {cluster}) {
    const [object = '', node = hostNames(cluster)[0] ?? ''] = argv;
    const view = Object.entries(IP_VIEWS).find(([name]) => object !== '' && name.startsWith(object))?.[1];
    if (!view) {
      yield* stderr(`Object "${object}" is unknown, try "ip addr" or "ip route".\n`);
      return 1;
    }
    if (!findHost(cluster.machine, node)) {
      yield* stderr(`ip: there is no node ${node}\n`);
      return 1;
    }
    yield* stdout(
      view(cluster.machine, node)
        .map(line => `${line}\n`)
        .join(''),
    );
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
