/** Who listens where on a node, and what is answered. */
import type {Dialled, HttpRequest, HttpResponse, PodNetwork} from '../api/cri.ts';
import {findHost} from '../client/hosts.ts';
import {fileView, layerOf} from './files.ts';
import {entryOf} from './images.ts';
import {type FoundContainer, listPods, type RuntimeNode} from './node.ts';
import {renderPage} from './process/pages.ts';
import type {Server} from './process/types.ts';
import type {ContainerRecord, PodRecord, Sandbox} from './types.ts';

/** A packet within a node, there and back. */
const LOCAL_MS = 1;
/** Until a dialer gives up on silence, if it has no shorter patience of its own. */
const SILENCE_MS = 130_000;

interface Listener {
  pod: PodRecord;
  sandbox: Sandbox;
  container: ContainerRecord;
  server: Server;
}

const serversOf = ({process}: ContainerRecord): Server[] =>
  process ? [process.main, ...process.jobs].flatMap(task => (task.server ? [task.server] : [])) : [];

function listenersOf(pod: PodRecord, sandbox: Sandbox): Listener[] {
  return pod.containers
    .filter(c => c.sandboxId === sandbox.id && c.state === 'CONTAINER_RUNNING')
    .flatMap(container => serversOf(container).map(server => ({pod, sandbox, container, server})));
}

/** Whether another process in the same network namespace has the port. */
export function portTaken(runtime: RuntimeNode, {pod, container}: FoundContainer, sandbox: Sandbox, port: number): boolean {
  const shared =
    sandbox.ip === undefined
      ? listPods(runtime).flatMap(p => p.sandboxes.filter(s => s.ip === undefined).map(s => ({p, s})))
      : [{p: pod, s: sandbox}];
  return shared.some(({p, s}) => listenersOf(p, s).some(l => l.container.id !== container.id && l.server.ports.includes(port)));
}

/** The sandbox with an address on this node; the node's own address means those on its network. */
function sandboxesAt(runtime: RuntimeNode, address: string): {pod: PodRecord; sandbox: Sandbox}[] {
  const own = findHost(runtime.tx, runtime.node)?.address === address;
  return listPods(runtime).flatMap(pod =>
    pod.sandboxes
      .filter(s => s.state === 'SANDBOX_READY' && (own ? s.ip === undefined : s.ip === address))
      .map(sandbox => ({pod, sandbox})),
  );
}

function listenerAt(runtime: RuntimeNode, at: readonly {pod: PodRecord; sandbox: Sandbox}[], port: number): Listener | undefined {
  return at
    .flatMap(({pod, sandbox}) => listenersOf(pod, sandbox))
    .find(({server}) => server.ports.includes(port) && server.readyAt <= runtime.now);
}

function connect(
  runtime: RuntimeNode,
  at: readonly {pod: PodRecord; sandbox: Sandbox}[],
  port: number,
): {listener: Listener} | {error: 'refused' | 'unreachable'} {
  if (at.length === 0) return {error: 'unreachable'};
  const listener = listenerAt(runtime, at, port);
  return listener ? {listener} : {error: 'refused'};
}

function answer(runtime: RuntimeNode, {pod, sandbox, container, server}: Listener, request: HttpRequest): Dialled<HttpResponse> {
  const tookMs = LOCAL_MS + (server.latency ?? 0);
  if (server.hangsAt !== undefined && server.hangsAt <= runtime.now) return {error: 'timeout', tookMs: SILENCE_MS};
  if (server.protocol === 'tcp') return {ok: {status: 400, body: ''}, tookMs};
  if (server.unhealthyAt !== undefined && server.unhealthyAt <= runtime.now) return {ok: {status: 500, body: 'unhealthy\n'}, tookMs};
  const path = request.path.replace(/[?#].*$/, '');
  const special = server.paths?.[path];
  const failing = special && (special.failAfter === undefined || special.failAfter <= runtime.now);
  if (special && failing) return {ok: {status: special.status ?? 200, body: special.body ?? ''}, tookMs};
  const entry = entryOf(runtime.options.images, container.config.image.image);
  const files = fileView(runtime, container, sandbox, entry, layerOf(container));
  const body = renderPage(server.body, {
    pod: pod.name,
    namespace: pod.namespace,
    node: runtime.node,
    ip: sandbox.ip ?? findHost(runtime.tx, runtime.node)?.address ?? '',
    request,
    image: container.config.image.userSpecifiedImage,
    read: p => files.read(p),
  });
  return {ok: body === undefined ? {status: 404, body: '404 page not found\n'} : {status: 200, body}, tookMs};
}

/** What processes on this node answer to a connection to one of its addresses. */
export function nodeSockets(runtime: RuntimeNode): {
  tcp(address: string, port: number): Dialled<true>;
  http(address: string, port: number, request: HttpRequest): Dialled<HttpResponse>;
  grpcHealth(address: string, port: number, service: string): Dialled<'SERVING' | 'NOT_SERVING' | 'UNIMPLEMENTED'>;
} {
  return socketsAmong(runtime, address => sandboxesAt(runtime, address));
}

function socketsAmong(runtime: RuntimeNode, at: (address: string) => readonly {pod: PodRecord; sandbox: Sandbox}[]) {
  const dial = <T>(address: string, port: number, then: (listener: Listener) => Dialled<T>): Dialled<T> => {
    const connection = connect(runtime, at(address), port);
    return 'error' in connection ? {error: connection.error, tookMs: LOCAL_MS} : then(connection.listener);
  };
  return {
    tcp: (address: string, port: number) => dial<true>(address, port, () => ({ok: true, tookMs: LOCAL_MS})),
    http: (address: string, port: number, request: HttpRequest) => dial(address, port, listener => answer(runtime, listener, request)),
    grpcHealth: (address: string, port: number, _service: string) =>
      dial<'SERVING' | 'NOT_SERVING' | 'UNIMPLEMENTED'>(address, port, ({server}) =>
        server.protocol === 'tcp'
          ? {ok: 'UNIMPLEMENTED', tookMs: LOCAL_MS}
          : {ok: server.unhealthyAt !== undefined && server.unhealthyAt <= runtime.now ? 'NOT_SERVING' : 'SERVING', tookMs: LOCAL_MS},
      ),
  };
}

/** A network that ends at the pod itself: loopback and its own address. */
export function localNetwork(runtime: RuntimeNode, pod: PodRecord, sandbox: Sandbox): PodNetwork {
  const self = [{pod, sandbox}];
  const sockets = socketsAmong(runtime, address => (address.startsWith('127.') || address === '::1' || address === sandbox.ip ? self : []));
  return {...sockets, resolve: name => (name === sandbox.config.hostname ? {addresses: [sandbox.ip ?? '127.0.0.1']} : {error: 'NXDOMAIN'})};
}
