/**
 * Connections that become something else: exec, attach and port-forward over WebSockets. upstream: staging/src/k8s.io/apiserver/pkg/util/proxy (streamtunnel.go,
 * streamtranslator.go). SPDY without a WebSocket around it, which kubectl used before 1.30, is declined with a word.
 */
import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import {type WebSocket, WebSocketServer} from 'ws';
import * as status from '../../engine/api/status.ts';
import type {Status} from '../../engine/api/types.ts';
import type {ApiRequest, ApiResponse} from '../../engine/apiserver/request.ts';
import {lookRequest} from '../../engine/cluster/cluster.ts';
import type {Door} from '../../session/outside/door.ts';
import {refused} from '../outgoing.ts';
import {CHANNEL_PROTOCOLS} from './channels.ts';
import {createPortForward, PORT_FORWARD_PROTOCOL} from './port-forward.ts';
import {serveAttach, serveExec} from './remote-command.ts';

const SPDY_DECLINED =
  'this server streams over WebSockets only: use kubectl 1.31 or newer (KUBECTL_REMOTE_COMMAND_WEBSOCKETS=true with 1.29 and 1.30)';

interface Upgrade {
  readonly protocols: readonly string[];
  serve(socket: WebSocket, door: Door, request: ApiRequest): void;
}

/** By subresource of pods. */
const UPGRADES: Readonly<Record<string, Upgrade>> = {
  exec: {protocols: CHANNEL_PROTOCOLS, serve: serveExec},
  attach: {protocols: CHANNEL_PROTOCOLS, serve: serveAttach},
  portforward: {protocols: [PORT_FORWARD_PROTOCOL], serve: servePortForward},
};

/** What the kubelet refuses once the command is to be started comes through the stream, not before it. */
const COMES_THROUGH_THE_STREAM = 'Internal error occurred: ';

/** Larger messages are no keystrokes and no HTTP requests of a learner. */
const LARGEST_MESSAGE = 4 * 1024 * 1024;

export interface Upgrader {
  upgrade(message: IncomingMessage, socket: Duplex, head: Buffer, request: ApiRequest): void;
  readonly count: number;
  close(): void;
}

export function createUpgrader(door: Door): Upgrader {
  const server = new WebSocketServer({noServer: true, maxPayload: LARGEST_MESSAGE});
  // Kubernetes' names of protocols hold characters (a slash) that the library takes for a mistake: they are agreed on here.
  const agreed = new WeakMap<IncomingMessage, string>();
  server.on('headers', (headers, message) => headers.push(`Sec-WebSocket-Protocol: ${agreed.get(message)}`));
  const open = new Set<WebSocket>();
  return {
    upgrade(message, socket, head, request) {
      const refuse = (response: ApiResponse): void => refuseUpgrade(socket, response);
      const upgrade = upgradeOf(message.url ?? '');
      if (!upgrade) return refuse(refused(status.badRequest('there is nothing to upgrade to here')));
      const machine = door.cluster()?.machine;
      if (!machine) return refuse(refused(status.serviceUnavailable('no cluster is open')));
      // Whether it may be done at all is told as an answer, before the connection becomes another one.
      const verdict = lookRequest(machine, {...request, method: 'POST'});
      const why = (verdict.body as Status | undefined)?.message ?? '';
      if (verdict.code >= 400 && !why.startsWith(COMES_THROUGH_THE_STREAM)) return refuse(verdict);
      if (message.headers.upgrade?.toLowerCase() !== 'websocket') return refuse(refused(status.badRequest(SPDY_DECLINED)));
      const offered = String(message.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
      const protocol = upgrade.protocols.find(p => offered.includes(p));
      if (!protocol)
        return refuse(
          refused(status.badRequest(`none of the protocols ${offered.join(', ')} is spoken here: ${upgrade.protocols.join(', ')}`)),
        );
      agreed.set(message, protocol);
      delete message.headers['sec-websocket-protocol'];
      server.handleUpgrade(message, socket, head, websocket => {
        open.add(websocket);
        websocket.on('close', () => open.delete(websocket));
        websocket.on('error', () => websocket.terminate());
        upgrade.serve(websocket, door, request);
      });
    },
    get count() {
      return open.size;
    },
    close() {
      for (const socket of open) socket.terminate();
    },
  };
}

const upgradeOf = (url: string): Upgrade | undefined =>
  UPGRADES[/^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(\w+)(\?|$)/.exec(url)?.[1] ?? ''];

/** An answer instead of another protocol; the connection is of no use after it. */
export function refuseUpgrade(socket: Duplex, {code, body}: ApiResponse): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${code} Refused`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}

function servePortForward(socket: WebSocket, door: Door, request: ApiRequest): void {
  const send = (bytes: Buffer): void => {
    if (socket.readyState === socket.OPEN) socket.send(bytes);
  };
  const tunnel = createPortForward(send, (forwarded, answered) => {
    door.send({...request, method: 'POST', body: forwarded}, ({code, body}) =>
      answered(code === 200 ? (body as {status: number; body: string}) : {error: (body as Status).message ?? String(code)}),
    );
  });
  socket.on('message', (raw: Buffer) => {
    try {
      tunnel.receive(raw);
    } catch {
      socket.close(1002);
    }
  });
}
