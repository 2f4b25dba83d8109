/**
 * A cluster as a Kubernetes API on 127.0.0.1: opens the listener and writes the kubeconfig; closing takes both away. Nothing of a connection is kept in the cluster:
 * undo, branches and hashes do not know that anybody is listening.
 */
import {rmSync} from 'node:fs';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {createServer, type Server} from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import {DEFAULT_CIPHERS} from 'node:tls';
import {serverConfig} from '../engine/apiserver/config.ts';
import type {Door} from '../session/outside/door.ts';
import {type Authority, createAuthority, type KeyPair} from './certificates.ts';
import {createIdentities} from './identities.ts';
import {writeKubeconfig} from './kubeconfig-file.ts';
import {createListener} from './listener.ts';

export interface ServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Where the kubeconfig is written. */
  readonly kubeconfig: string;
}

export interface OpenServer {
  readonly url: string;
  readonly kubeconfig: string;
  /** Watches, logs and streams that are open. */
  readonly streams: number;
  /** Connections that are open. */
  readonly connections: number;
  close(): Promise<void>;
}

/** How long a client may take to say what it wants, and to send a body; milliseconds. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
const IDLE_MS = 90_000;
/** How often it is looked who has taken too long. */
const CHECK_MS = 2000;
/** upstream: Go's http.DefaultMaxHeaderBytes */
const LARGEST_HEADER = 1024 * 1024;
const MOST_CONNECTIONS = 2000;
/** How often it is looked what stands in front of the server. */
const FRONT_MS = 50;

/** Opens the server. Rejects with a FileError-like sentence where the kubeconfig cannot be written, with the system's where the port is taken. */
export async function openServer(door: Door, options: ServerOptions): Promise<OpenServer> {
  const authority = await createAuthority();
  const identities = await createIdentities(authority, door.kubeconfig(), door.cluster());
  const listener = createListener(door, identities);
  const pair = await authority.serving();
  const server = createServer({
    key: pair.key,
    cert: pair.certificate,
    ca: authority.certificate,
    requestCert: true,
    // An unknown certificate is for the API server to refuse, with a Status.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    // On loopback the shorter key is no weaker, and hundreds of watchers are told much.
    ciphers: `TLS_AES_128_GCM_SHA256:${DEFAULT_CIPHERS}`,
    honorCipherOrder: true,
    ALPNProtocols: ['http/1.1'],
    maxHeaderSize: LARGEST_HEADER,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: CHECK_MS,
    handshakeTimeout: HEADERS_MS,
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('request', listener.onRequest as (message: IncomingMessage, out: ServerResponse) => void);
  server.on('upgrade', (message, socket, head) => listener.onUpgrade(message, socket, head));
  server.on('clientError', refuseNonsense);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  const port = await listen(server, options.port);
  const url = `https://127.0.0.1:${port}`;
  const front = keepFront(door, server, authority, pair, port, hangUp);
  const close = async (): Promise<void> => {
    front.stop();
    listener.close();
    rmSync(options.kubeconfig, {force: true});
    const closed = new Promise<void>(resolve => server.close(() => resolve()));
    hangUp();
    await closed;
  };
  try {
    writeKubeconfig(options.kubeconfig, identities.kubeconfig(url));
  } catch (error) {
    server.close();
    front.stop();
    throw error;
  }
  return {
    url,
    kubeconfig: options.kubeconfig,
    get streams() {
      return listener.open;
    },
    get connections() {
      return sockets.size;
    },
    close,
  };
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

/** What is no HTTP is told so, once. */
function refuseNonsense(error: NodeJS.ErrnoException, socket: {writable: boolean; end(text: string): void; destroy(): void}): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
  const code = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const reason = {400: 'BadRequest', 408: 'Timeout', 431: 'RequestHeaderFieldsTooLarge'}[code];
  const body = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: code === 400 ? 'the request is no HTTP that can be read' : `the request was refused: ${reason}`,
    reason,
    code,
  });
  socket.end(
    `HTTP/1.1 ${code} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Lets what the game puts in front of the server be seen from outside: other certificates, and a program that is stopped. */
function keepFront(door: Door, server: Server, authority: Authority, pair: KeyPair, port: number, hangUp: () => void): {stop(): void} {
  const pairs: Record<'valid' | 'expired' | 'wrong-ca', () => Promise<KeyPair>> = {
    valid: async () => pair,
    expired: () => authority.serving(true),
    'wrong-ca': async () => (await createAuthority()).serving(),
  };
  let shown: keyof typeof pairs = 'valid';
  let busy = false;
  const look = async (): Promise<void> => {
    const machine = door.cluster()?.machine;
    if (!machine || busy) return;
    const {running, front} = serverConfig(machine);
    const wanted = front?.certificate ?? 'valid';
    if (running === server.listening && wanted === shown) return;
    busy = true;
    if (wanted !== shown) {
      const {key, certificate} = await pairs[wanted]();
      server.setSecureContext({key, cert: certificate, ca: authority.certificate});
      shown = wanted;
      hangUp();
    }
    if (running && !server.listening) await listen(server, port).catch(() => undefined);
    if (!running && server.listening) {
      server.close();
      hangUp();
    }
    busy = false;
  };
  const timer = setInterval(() => void look(), FRONT_MS);
  return {stop: () => clearInterval(timer)};
}
