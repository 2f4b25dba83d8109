/** What is sent over the network from somewhere: a name to look up, a request, a packet to follow. */

import type {Dialled, HttpRequest, HttpResponse} from '../../../engine/api/cri.ts';
import {type DnsConfig, parseResolvConf} from '../../../engine/api/resolv-conf.ts';
import {findHost} from '../../../engine/client/hosts.ts';
import {networkSettings} from '../../../engine/client/network-settings.ts';
import type {Cluster} from '../../../engine/cluster/cluster.ts';
import {getPodDns} from '../../../engine/kubelet/network/dns.ts';
import {HOST_RESOLV_CONF} from '../../../engine/kubelet/sandbox-config.ts';
import {podInterfaces} from '../../../engine/network/cni/node-network.ts';
import {addressesOf, type Lookup} from '../../../engine/network/dns/lookup.ts';
import {CONNECT, type ConnectEvent, FETCH, type FetchEvent, LOOKUP, type LookupEvent} from '../../../engine/network/events.ts';
import type {Connection, Origin} from '../../../engine/network/packet/connection.ts';
import {formatHeaders} from '../../../engine/network/packet/headers.ts';
import {podOf} from '../../../engine/network/packet/places.ts';
import {networkBinaries} from '../../../engine/runtime/process/binaries/network.ts';
import type {System} from '../../../engine/runtime/process/system.ts';
import {sleep, stderr, stdout} from '../../../kubectl/effects.ts';
import {type Program, type ProgramEnv, send} from '../shell.ts';
import {hostNames, nodeWords} from './hosts.ts';

/** A machine of the learner's own, outside the cluster. */
const LAPTOP: Origin = {kind: 'outside', address: '198.51.100.7'};

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

/** A server of the learner's own provider. */
const LAPTOP_DNS: DnsConfig = {servers: ['203.0.113.53'], searches: [], options: []};

/** The resolv.conf at a place: in a pod, what the kubelet made of its dnsPolicy. */
function resolverOf({machine}: Cluster, from: Origin): DnsConfig {
  if (from.kind === 'outside') return LAPTOP_DNS;
  const pod = from.kind === 'pod' ? podOf(machine, from.namespace, from.name) : undefined;
  if (!pod) return parseResolvConf(HOST_RESOLV_CONF);
  const {clusterDNS, clusterDomain} = networkSettings(machine);
  return getPodDns({clusterDNS: [clusterDNS], clusterDomain, hostResolvConf: HOST_RESOLV_CONF}, pod);
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

/** What curl cannot do without: everything else of a container is not here. */
const laptopSystem = (env: ProgramEnv, from: Origin): Pick<System, 'network'> => {
  const {cluster} = env;
  const direct = (address: string, port: number, request: HttpRequest) =>
    cluster.machine.dispatch({type: FETCH, data: {from, address, port, request} satisfies FetchEvent}) as Dialled<HttpResponse>;
  /** Nothing listens on the learner's own machine but what kubectl forwards to a pod. */
  const fetch = (address: string, port: number, request: HttpRequest): Dialled<HttpResponse> => {
    if (from.kind !== 'outside' || !address.startsWith('127.')) return direct(address, port, request);
    const forward = env.state.cache.forwards?.[port];
    if (!forward) return {error: 'refused', tookMs: 1};
    const {method = 'GET', path, headers = {}} = request;
    const {code, body} = send(cluster, {...forward.request, body: {port: forward.remote, method, path, headers: {...headers}}});
    return code === 200 ? {ok: body as HttpResponse, tookMs: 1} : {error: 'refused', tookMs: 1};
  };
  return {
    network: {
      http: fetch,
      tcp(address, port) {
        const {verdict} = connect(cluster, {from, to: {address, port}});
        return verdict === 'answered' ? {ok: true, tookMs: 1} : {error: verdict, tookMs: 1};
      },
      grpcHealth: () => ({ok: 'UNIMPLEMENTED', tookMs: 1}),
      resolve(name) {
        const answer = find(cluster, from, name);
        const addresses = addressesOf(answer);
        return addresses.length ? {addresses} : {error: answer.error ?? 'NXDOMAIN'};
      },
    },
  };
};

/** The very program that containers have, on the learner's machine or wherever --from says. */
const curl: Program = {
  name: 'curl',
  usage: 'curl [OPTIONS] URL [--from POD|NODE]',
  about: 'ask a web server',
  *run(argv, env) {
    const {from: where, rest} = splitFrom(argv);
    const system = laptopSystem(env, originOf(env.cluster, where)) as System;
    const call = {argv: ['curl', ...rest], env: {}, stdin: '', cwd: '/', system, has: () => false};
    const {stdout: out = '', stderr: err = '', status = 0, sleep: waited = 0} = networkBinaries['curl']!(call);
    if (waited) yield* sleep(waited);
    yield* stdout(out);
    yield* stderr(err);
    return status;
  },
  complete: (argv, {cluster}) => fromWords(argv, cluster),
};

export const trafficPrograms: readonly Program[] = [nslookup, curl, trace];
