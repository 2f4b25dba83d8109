/** What runs on every node, joined: the kubelet with the runtime, the runtime with the network, processes with each other. */
import type {Dialer, Dialled, HttpRequest, HttpResponse, PodNetwork} from '../api/cri.ts';
import {handle} from '../apiserver/handle.ts';
import {createContext} from '../client/context.ts';
import {HOSTS, type Host} from '../client/hosts.ts';
import {networkSettings} from '../client/network-settings.ts';
import {findProcess} from '../client/processes.ts';
import type {Component, ComponentContext} from '../client/types.ts';
import {createKubelet, type KubeletComponent} from '../kubelet/kubelet.ts';
import type {Tx} from '../machine/types.ts';
import {createCni} from '../network/cni/cni.ts';
import type {Installed} from '../network/cni/flannel.ts';
import {addressesOf, lookup} from '../network/dns/lookup.ts';
import type {Ends, LookupNote, PacketNote} from '../network/events.ts';
import {connect} from '../network/packet/connect.ts';
import type {Destination, HttpTarget, Origin, Reached} from '../network/packet/connection.ts';
import {imageCatalogue} from '../runtime/catalogue/images.ts';
import {createRuntime, type Runtime} from '../runtime/runtime.ts';
import type {Sandbox} from '../runtime/types.ts';

/** How long a dialer waits before it believes in silence, and in the absence of a way. */
const TIMEOUT_MS = 130_000;
const UNREACHABLE_MS = 3000;
const HOP_MS = 1;

const APISERVER_PORT = 6443;

export interface NodePrograms extends Ends {
  readonly components: readonly Component[];
  readonly runtime: Runtime;
  readonly kubelet: KubeletComponent;
  /** The kubelet's context on a node; undefined while it does not run. */
  kubeletContext(tx: Tx, node: string): ComponentContext | undefined;
  /** A node's network has its configuration: its kubelet may be ready now. */
  readonly networkInstalled: Installed;
  /** A request of the API server itself to a pod: its machine has a route to all of them. */
  fromControlPlane(tx: Tx, address: string, port: number, request: HttpRequest): Dialled<HttpResponse>;
}

export function createNodePrograms(): NodePrograms {
  const contextOf = (tx: Tx, component: Component, node: string): ComponentContext | undefined => {
    const process = findProcess(tx, `${component.name}/${node}`);
    return process?.running ? createContext(tx, component, node, process.epoch) : undefined;
  };

  const runtime: Runtime = createRuntime({
    cni: createCni,
    images: imageCatalogue,
    network: (tx, _node, sandbox) => podNetwork(tx, sandbox),
    changed(tx, node, podUid) {
      const ctx = contextOf(tx, kubelet.component, node);
      if (ctx) kubelet.changed(ctx, podUid);
    },
  });

  const kubelet = createKubelet({cri: runtime.cri, dial: (tx, node) => dialer(tx, {kind: 'node', name: node})});

  const listens =
    (tx: Tx) =>
    ({node, address, port}: Reached, protocol: string): boolean => {
      if (node === undefined || protocol === 'UDP') return true;
      const sockets = runtime.sockets(tx, node);
      return sockets !== undefined && 'ok' in sockets.tcp(address, port);
    };

  /** Carries a connection to whoever the packet walk finds. */
  function dial<T>(tx: Tx, from: Origin, to: Destination, then: (endpoint: Reached, status: number | undefined) => Dialled<T>): Dialled<T> {
    const connection = connect(tx, from, to, {listens: listens(tx)});
    const {verdict, endpoint} = connection;
    // Probes are too many to be told one by one.
    if (from.kind !== 'node' && tx.noting) tx.note({kind: 'packet', from, to, connection} as PacketNote);
    if (verdict === 'answered' && endpoint) return then(endpoint, connection.status);
    const error = verdict === 'answered' ? 'unreachable' : verdict;
    return {error, tookMs: error === 'timeout' ? TIMEOUT_MS : error === 'unreachable' ? UNREACHABLE_MS : HOP_MS};
  }

  function dialer(tx: Tx, from: Origin): Dialer {
    // What is on a node is reached from it without leaving it; everything else goes the packet's way.
    const local = from.kind === 'node' ? runtime.sockets(tx, from.name) : undefined;
    const reach = <T>(
      address: string,
      port: number,
      ask: (sockets: Dialer, address: string, port: number) => Dialled<T>,
      other: (endpoint: Reached, status: number | undefined) => Dialled<T>,
      target?: HttpTarget,
    ): Dialled<T> => {
      if (local) {
        const direct = ask(local, address, port);
        if (!('error' in direct && direct.error === 'unreachable')) return direct;
      }
      return dial(tx, from, {address, port, ...(target && {http: target})}, (endpoint, status) => {
        const sockets = endpoint.node === undefined || status !== undefined ? undefined : runtime.sockets(tx, endpoint.node);
        return sockets ? ask(sockets, endpoint.address, endpoint.port) : other(endpoint, status);
      });
    };
    return {
      tcp: (address, port) =>
        reach<true>(
          address,
          port,
          (s, a, p) => s.tcp(a, p),
          () => ({ok: true, tookMs: HOP_MS}),
        ),
      http: (address, port, request) =>
        reach(
          address,
          port,
          (s, a, p) => s.http(a, p, request),
          (endpoint, status) => (status === undefined ? beyondNodes(tx, endpoint, request) : ingressAnswer(status)),
          {host: request.headers?.['Host'] ?? address, path: request.path},
        ),
      grpcHealth: (address, port, service) =>
        reach(
          address,
          port,
          (s, a, p) => s.grpcHealth(a, p, service),
          () => ({ok: 'UNIMPLEMENTED' as const, tookMs: HOP_MS}),
        ),
    };
  }

  function podNetwork(tx: Tx, sandbox: Sandbox): PodNetwork {
    const {namespace, name} = sandbox.config.metadata;
    const from: Origin = {kind: 'pod', namespace, name};
    return {
      ...dialer(tx, from),
      resolve(host) {
        const found = lookup(tx, from, host, sandbox.config.dns ?? {servers: [], searches: [], options: []});
        if (tx.noting) tx.note({kind: 'lookup', from, name: host, lookup: found} as LookupNote);
        const addresses = addressesOf(found);
        if (addresses.length > 0) return {addresses, canonical: found.records.at(-1)!.name.replace(/\.$/, '')};
        return {error: found.error === 'Temporary failure in name resolution' ? 'timeout' : 'NXDOMAIN'};
      },
    };
  }

  return {
    components: [...runtime.components, kubelet.component],
    runtime,
    kubelet,
    kubeletContext: (tx, node) => contextOf(tx, kubelet.component, node),
    networkInstalled(tx, node) {
      const ctx = contextOf(tx, kubelet.component, node);
      if (ctx) kubelet.mayBeReady(ctx);
    },
    listens,
    dialer,
    fromControlPlane(tx, address, port, request) {
      for (const [, {name}] of tx.table<Host>(HOSTS).entries()) {
        const answer = runtime.sockets(tx, name)?.http(address, port, request);
        if (answer && !('error' in answer && answer.error === 'unreachable')) return answer;
      }
      return {error: 'unreachable', tookMs: UNREACHABLE_MS};
    },
  };
}

/** What an ingress controller says itself. */
const ingressAnswer = (status: number): Dialled<{status: number; body: string}> => ({
  ok: {status, body: status === 404 ? '404 page not found\n' : 'no available server\n'},
  tookMs: HOP_MS,
});

/** The API server answers those that reach it; the world outside has one page. */
function beyondNodes(
  tx: Tx,
  {address, port}: Reached,
  {method = 'GET', path, headers}: HttpRequest,
): Dialled<{status: number; body: string}> {
  if (address === networkSettings(tx).controlPlane && port === APISERVER_PORT) {
    const [route = '/', query = ''] = path.split('?');
    const lower = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    const answer = handle(tx, {method, path: route, query: Object.fromEntries(new URLSearchParams(query)), headers: lower, client: 'pod'});
    return {
      ok: {status: answer.code, body: `${typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body, null, 2)}\n`},
      tookMs: HOP_MS,
    };
  }
  return {ok: {status: 200, body: '<html><body>a page outside the cluster</body></html>\n'}, tookMs: 40};
}
