/**
 * Forwarded ports: what a local client writes is read as HTTP, which is what the processes of the simulation speak, and answered by the process behind the port.
 * upstream: staging/src/k8s.io/client-go/tools/portforward, pkg/kubelet/portforward (streams named by the headers streamType, port and requestID)
 */
import type {ForwardedRequest} from '../../engine/apiserver/subresources/node.ts';
import {createSpdy, type SpdyConnection, type SpdyStream} from './spdy.ts';

export const PORT_FORWARD_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';

/** Sends one request through; the answer, or why there is none. */
export type Forward = (request: ForwardedRequest, answered: (answer: {status: number; body: string} | {error: string}) => void) => void;

/** A request's head and body may hold so much. */
const LARGEST = 1024 * 1024;

/** The server's end of `kubectl port-forward`; bytes for the client go to `send`. */
export function createPortForward(send: (bytes: Buffer) => void, forward: Forward): SpdyConnection {
  const errors = new Map<string, SpdyStream>();
  const readers = new Map<SpdyStream, (data: Buffer) => void>();
  return createSpdy(send, {
    opened(stream) {
      const {streamtype, port, requestid = ''} = stream.headers;
      if (streamtype === 'error') errors.set(requestid, stream);
      else
        readers.set(
          stream,
          createHttpReader(stream, Number(port), forward, why => fail(errors.get(requestid), why)),
        );
    },
    data: (stream, data) => readers.get(stream)?.(data),
    ended(stream) {
      const {streamtype, requestid = ''} = stream.headers;
      readers.delete(stream);
      if (streamtype === 'error') return;
      stream.end();
      errors.get(requestid)?.end();
      errors.delete(requestid);
    },
  });
}

function fail(stream: SpdyStream | undefined, why: string): void {
  stream?.write(Buffer.from(why));
  stream?.end();
}

/** Reads requests one after the other, and writes their answers. */
function createHttpReader(stream: SpdyStream, port: number, forward: Forward, failed: (why: string) => void): (data: Buffer) => void {
  let waiting = Buffer.alloc(0);
  const refuse = (why: string): void => {
    waiting = Buffer.alloc(0);
    failed(why);
    stream.end();
  };
  return data => {
    waiting = Buffer.concat([waiting, data]);
    for (let request = takeRequest(waiting); request; request = takeRequest(waiting)) {
      if ('error' in request) return refuse(request.error);
      waiting = waiting.subarray(request.length);
      const {method, path, headers, keepAlive} = request;
      forward({port, method, path, headers}, answer => {
        if ('error' in answer) return refuse(answer.error);
        stream.write(httpAnswer(answer, keepAlive));
        if (!keepAlive) stream.end();
      });
    }
    if (waiting.length > LARGEST) refuse('the request is too large');
  };
}

interface Taken extends Omit<ForwardedRequest, 'port'> {
  readonly length: number;
  readonly keepAlive: boolean;
}

/** The first whole request of what has come; undefined where more must come. */
function takeRequest(bytes: Buffer): Taken | {error: string} | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  const beginning = bytes.toString('latin1', 0, Math.min(bytes.length, 16));
  if (bytes.length > 0 && !/^[A-Z]{1,16}( |$)/.test(beginning)) return {error: 'the processes of the simulation speak HTTP only'};
  if (end < 0) return undefined;
  const [start = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const match = /^([A-Z]+) (\S+) HTTP\/(1\.[01])$/.exec(start);
  if (!match) return {error: 'the processes of the simulation speak HTTP only'};
  const headers = Object.fromEntries(
    lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase().trim(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = end + 4 + (Number(headers['content-length']) || 0);
  if (bytes.length < length) return undefined;
  const connection = headers['connection']?.toLowerCase();
  return {
    method: match[1]!,
    path: match[2]!,
    headers,
    length,
    keepAlive: match[3] === '1.1' ? connection !== 'close' : connection === 'keep-alive',
  };
}

const REASONS: Readonly<Record<number, string>> = {200: 'OK', 404: 'Not Found', 500: 'Internal Server Error', 503: 'Service Unavailable'};

function httpAnswer({status, body}: {status: number; body: string}, keepAlive: boolean): Buffer {
  const bytes = Buffer.from(body);
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Status'}`,
    'Content-Type: text/html',
    `Content-Length: ${bytes.length}`,
    `Connection: ${keepAlive ? 'keep-alive' : 'close'}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}
