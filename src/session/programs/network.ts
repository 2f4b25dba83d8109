/** Tools for the network: what stands on a node, and a packet sent from somewhere. Without a node's name they look at the first one. */

import {formatResolvConf, parseResolvConf} from '../../engine/api/resolv-conf.ts';
import {findHost, HOSTS, type Host} from '../../engine/client/hosts.ts';
import {networkSettings} from '../../engine/client/network-settings.ts';
import type {Cluster} from '../../engine/cluster/cluster.ts';
import {podInterfaces} from '../../engine/network/cni/node-network.ts';
import type {Lookup} from '../../engine/network/dns/lookup.ts';
import {CONNECT, type ConnectEvent, LOOKUP, type LookupEvent} from '../../engine/network/events.ts';
import type {Connection, Origin} from '../../engine/network/packet/connection.ts';
import {formatHeaders} from '../../engine/network/packet/headers.ts';
import type {Reader} from '../../engine/network/proxy/node-rules.ts';
import {ipAddr, ipRoute, nodeInterfaces} from '../../engine/network/tools/ip.ts';
import {conntrackList, iptablesSave, ipvsadm, nftRules} from '../../engine/network/tools/rules.ts';
import {stderr, stdout} from '../../kubectl/effects.ts';
import type {Program} from '../shell.ts';

/** A machine of the learner's own, outside the cluster. */
const LAPTOP: Origin = {kind: 'outside', address: '198.51.100.7'};

const hostNames = ({machine}: Cluster): string[] => [...machine.table<Host>(HOSTS).entries()].map(([, host]) => host.name);

const nodeWords = (cluster: Cluster) => hostNames(cluster).map(text => ({text, about: 'node'}));

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

/** `POD`, `NAMESPACE/POD`, a node's name, or nothing for the learner's own machine. */
function originOf(cluster: Cluster, text: string | undefined): Origin {
  if (!text) return LAPTOP;
  if (findHost(cluster.machine, text)) return {kind: 'node', name: text};
  const [name, namespace = 'default'] = text.split('/').reverse() as [string, string?];
  return {kind: 'pod', namespace, name};
}

/** Takes `--from WHERE` out of the words. */
function splitFrom(argv: readonly string[]): {from: string | undefined; rest: string[]} {
  const at = argv.indexOf('--from');
  return at < 0 ? {from: undefined, rest: [...argv]} : {from: argv[at + 1], rest: argv.filter((_word, i) => i !== at && i !== at + 1)};
}

const fromWords = (argv: readonly string[], cluster: Cluster) => {
  if (argv.at(-1) !== '--from') return [{text: '--from', about: 'where it starts'}];
  const pods = hostNames(cluster).flatMap(node => podInterfaces(cluster.machine, node));
  return [...pods.map(pod => ({text: `${pod.podNamespace}/${pod.podName}`, about: 'pod'})), ...nodeWords(cluster)];
};

/** The resolv.conf of a pod with the policy ClusterFirst; elsewhere the world's own servers are asked. */
function resolverOf(cluster: Cluster, from: Origin) {
  const {clusterDNS, clusterDomain} = networkSettings(cluster.machine);
  if (from.kind !== 'pod') return parseResolvConf('nameserver 203.0.113.53\n');
  const searches = [`${from.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  return parseResolvConf(formatResolvConf({servers: [clusterDNS], searches, options: ['ndots:5']}));
}

const find = (cluster: Cluster, from: Origin, name: string): Lookup =>
  cluster.machine.dispatch({type: LOOKUP, data: {from, name, config: resolverOf(cluster, from)} satisfies LookupEvent}) as Lookup;

const connect = (cluster: Cluster, data: ConnectEvent): Connection => cluster.machine.dispatch({type: CONNECT, data}) as Connection;

const queryLines = ({queries}: Lookup): string[] =>
  queries.map(({name, type, server, response}, i) => {
    const answers = response.answers.map(({data}) => data).join(', ');
    return `${String(i + 1).padStart(2)}  ${type.padEnd(4)} ${name}  ${server}  ${response.rcode}${answers ? `  ${answers}` : ''}`;
  });

const nslookup: Program = {
  name: 'nslookup',
  usage: 'nslookup NAME [--from POD]',
  about: 'look a name up, question by question',
  *run(argv, {cluster}) {
    const {from, rest} = splitFrom(argv);
    const [name] = rest;
    if (!name) {
      yield* stderr('usage: nslookup NAME [--from POD]\n');
      return 2;
    }
    const answer = find(cluster, originOf(cluster, from), name);
    yield* stdout([...queryLines(answer), answer.error ?? `${answer.queries.length} questions`].map(line => `${line}\n`).join(''));
    return answer.error ? 1 : 0;
  },
  complete: (argv, {cluster}) => fromWords(argv, cluster),
};

const hopLines = ({hops, why}: Connection): string[] => [
  ...hops.flatMap(({node, device, station, detail, headers, rules = []}, i) => [
    `${String(i + 1).padStart(2)}  ${(node || 'outside').padEnd(8)} ${device.padEnd(12)} ${station.padEnd(10)} ${detail}`,
    ...rules.map(text => `      ${text}`),
    ...(station === 'wire' || station === 'sandbox' ? [`      ${formatHeaders(headers)}`] : []),
  ]),
  `=> ${why}`,
];

const HOST = /^(?:(\w+):\/\/)?([^/:]+)(?::(\d+))?/;

/** The way of a packet to a host and port, by name or address. */
const trace: Program = {
  name: 'trace',
  usage: 'trace HOST[:PORT] [--from POD|NODE]',
  about: 'follow a packet hop by hop',
  *run(argv, {cluster}) {
    const {from: where, rest} = splitFrom(argv);
    const [, scheme, host, port] = HOST.exec(rest[0] ?? '') ?? [];
    if (!host) {
      yield* stderr('usage: trace HOST[:PORT] [--from POD|NODE]\n');
      return 2;
    }
    const from = originOf(cluster, where);
    const answer = find(cluster, from, host);
    const address = answer.records.find(({type}) => type === 'A')?.data;
    if (!address) {
      yield* stderr(`trace: ${host}: ${answer.error}\n`);
      return 1;
    }
    const to = {address, port: port ? Number(port) : scheme === 'https' ? 443 : 80};
    const connection = connect(cluster, {from, to});
    yield* stdout([...queryLines(answer), ...hopLines(connection)].map(line => `${line}\n`).join(''));
    return connection.verdict === 'answered' ? 0 : 1;
  },
  complete: (argv, {cluster}) => fromWords(argv, cluster),
};

export const networkPrograms: readonly Program[] = [
  ip,
  nodeTool('iptables-save', [], "kube-proxy's rules on a node", iptablesSave),
  nodeTool('nft', [], "kube-proxy's rules in nftables mode", nftRules),
  nodeTool('ipvsadm', ['-Ln'], "kube-proxy's table in ipvs mode", ipvsadm),
  nodeTool('conntrack', ['-L'], "connections that a node's kernel remembers", conntrackList),
  nslookup,
  trace,
];
