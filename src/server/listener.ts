/** One HTTP request from the wire to the wire: refused at the door, answered at once, answered when the clock goes on, or kept open. */
import type {IncomingMessage, RequestListener, ServerResponse} from 'node:http';
import type {Duplex} from 'node:stream';
import * as status from '../engine/api/status.ts';
import {ApiError, type Status} from '../engine/api/types.ts';
import {type Front, serverConfig} from '../engine/apiserver/config.ts';
import type {ApiRequest, ApiResponse} from '../engine/apiserver/request.ts';
import {requestInfo} from '../engine/apiserver/request-info.ts';
import {lookRequest} from '../engine/cluster/cluster.ts';
import type {Door} from '../session/outside/door.ts';
import {createCounters} from './counters.ts';
import {follow} from './followers.ts';
import type {Identities} from './identities.ts';
import {readBody, readHead, withBody} from './incoming.ts';
import {refused, respond} from './outgoing.ts';
import {createUpgrader, refuseUpgrade} from './streams/upgrade.ts';
import {createWatches} from './watches.ts';

/** Watches, followed logs and streams together. */
export const MOST_STREAMS = 500;
export const TOO_MANY_STREAMS = `${MOST_STREAMS} watches and streams are open: close some of them before you open another`;

/** Subresources of pods that are only had by upgrading the connection. */
const STREAMS = new Set(['attach', 'exec', 'portforward']);

/** What a request is refused with before anybody looks at its body. */
const BEFORE_DECODING = new Set([401, 403, 404, 405]);

export interface Listener {
  readonly onRequest: RequestListener;
  onUpgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Watches, logs and streams that are open. */
  readonly open: number;
  close(): void;
}

export function createListener(door: Door, identities: Identities): Listener {
  const watches = createWatches(door);
  const upgrader = createUpgrader(door);
  const counters = createCounters();
  let following = 0;
  const open = (): number => watches.count + upgrader.count + following;
  const front = (): Front => {
    const machine = door.cluster()?.machine;
    return (machine && serverConfig(machine).front) ?? {};
  };

  /** What a request meets before the API server. Throws ApiError. */
  const meetFront = async (): Promise<void> => {
    const {slowMs = 0, unavailable} = front();
    if (slowMs > 0) await new Promise(resolve => setTimeout(resolve, slowMs));
    if (unavailable) throw status.serviceUnavailable('the server is currently unable to handle the request');
    if (!door.cluster()) throw status.serviceUnavailable('no cluster is open: open a lesson or the sandbox');
  };
  const meetLimit = (): void => {
    if (open() >= MOST_STREAMS) throw status.tooManyRequests(TOO_MANY_STREAMS);
  };

  /** A client that knows more than has happened was told of a history that has been taken back. Throws ApiError 410. */
  const meetHistory = ({query}: ApiRequest): void => {
    const known = Number(query?.['resourceVersion']) || 0;
    const {revision} = door.cluster()!.machine.root;
    if (known > revision) throw status.expired(`too large resource version: ${known}, current: ${revision}`);
  };

  /** Asks the cluster; gives up when the client goes away. */
  const ask = (request: ApiRequest, out: ServerResponse): Promise<ApiResponse> =>
    new Promise((resolve, reject) => {
      let answered = false;
      const withdraw = door.send(request, response => {
        answered = true;
        resolve(response);
      });
      out.once('close', () => {
        if (answered) return;
        withdraw();
        reject(new ClientGone());
      });
    });

  /** The request with its body. What is wrong with that is told to who may send one there. Throws ApiError. */
  const brought = (request: ApiRequest, body: Buffer): ApiRequest => {
    try {
      return withBody(request, body);
    } catch (error) {
      const verdict = lookRequest(door.cluster()!.machine, {...request, body: ''});
      throw BEFORE_DECODING.has(verdict.code) ? new ApiError(verdict.body as Status) : error;
    }
  };

  const followLog = (request: ApiRequest, first: ApiResponse, out: ServerResponse): void => {
    out.writeHead(200, {'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private'});
    out.flushHeaders();
    if (first.body) out.write(first.body);
    following++;
    const stop = follow(
      door,
      request,
      text => out.write(text),
      () => out.end(),
    );
    out.once('close', () => {
      following--;
      stop();
    });
  };

  const serve = async (message: IncomingMessage, out: ServerResponse, request: ApiRequest): Promise<void> => {
    const {verb, resource, subresource} = infoOf(request);
    const follows = subresource === 'log' && request.query?.['follow'] === 'true';
    if (verb === 'watch' || follows) meetLimit();
    const body = await readBody(message);
    await meetFront();
    if (resource === 'pods' && STREAMS.has(subresource)) {
      const verdict = lookRequest(door.cluster()!.machine, request);
      return respond(out, request, verdict.code >= 400 ? verdict : refused(status.badRequest('Upgrade request required')));
    }
    const response = await ask(brought(request, body), out);
    counters.count(verb, resource, subresource, response.code);
    if (response.code === 200 && verb === 'watch') {
      meetHistory(request);
      return watches.open(request, response, out);
    }
    if (response.code === 200 && follows) return followLog(request, response, out);
    if (response.code === 200 && request.path === '/metrics') response.body += counters.text(open());
    respond(out, request, response);
  };

  return {
    onRequest(message, out) {
      out.on('error', () => out.destroy());
      let request: ApiRequest = {method: message.method ?? 'GET', path: '/'};
      const refuse = (error: unknown): void => {
        if (error instanceof ClientGone || out.destroyed) return;
        // Its body is not read to the end: the connection cannot be used again.
        if (!message.complete) out.setHeader('Connection', 'close');
        if (error instanceof ApiError) respond(out, request, refused(error));
        else if (message.destroyed) out.destroy();
        else respond(out, request, refused(status.internalError((error as Error).message)));
      };
      try {
        request = readHead(message, identities);
        serve(message, out, request).catch(refuse);
      } catch (error) {
        refuse(error);
      }
    },
    onUpgrade(message, socket, head) {
      socket.on('error', () => socket.destroy());
      const upgrade = async (): Promise<void> => {
        const request = readHead(message, identities);
        meetLimit();
        await meetFront();
        upgrader.upgrade(message, socket, head, request);
      };
      upgrade().catch(error => {
        if (error instanceof ApiError) refuseUpgrade(socket, refused(error));
        else socket.destroy();
      });
    },
    get open() {
      return open();
    },
    close() {
      watches.close();
      upgrader.close();
    },
  };
}

class ClientGone extends Error {}

/** Throws ApiError 500 for a path that means nothing. */
function infoOf({method, path, query}: ApiRequest) {
  try {
    return requestInfo(method, path, query);
  } catch (error) {
    throw status.internalError((error as Error).message);
  }
}
