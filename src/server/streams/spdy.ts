/**
 * SPDY/3.1 as far as a forwarded port needs it: the server's side of streams that a client opens, carried over any pipe of bytes.
 * upstream: github.com/moby/spdystream, after the protocol's third draft
 */
import {constants, inflateSync} from 'node:zlib';

const VERSION = 0x8003;
const TYPE = {synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, headers: 8, windowUpdate: 9} as const;
const FIN = 1;
const LARGEST_FRAME = 16 * 1024;

const word32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

/** Texts that header blocks are compressed against: words with their lengths, then what has none. Part of the protocol. */
const DICTIONARY = Buffer.concat([
  ...(
    'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection ' +
    'content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host ' +
    'if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization ' +
    'range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status'
  )
    .split(' ')
    .concat('200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin')
    .flatMap(text => [word32(text.length), Buffer.from(text)]),
  Buffer.from(
    '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
      '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found' +
      '500 Internal Server Error501 Not Implemented503 Service Unavailable' +
      'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT' +
      'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,public' +
      'privatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.',
  ),
]);

/** A stream's end at the server. */
export interface SpdyStream {
  readonly id: number;
  readonly headers: Readonly<Record<string, string>>;
  write(data: Buffer): void;
  /** Nothing more comes from here. */
  end(): void;
}

export interface SpdyListener {
  opened(stream: SpdyStream): void;
  data(stream: SpdyStream, data: Buffer): void;
  /** The client sends no more on it. */
  ended(stream: SpdyStream): void;
}

export interface SpdyConnection {
  /** Bytes from the client. Throws an Error where they are no SPDY. */
  receive(bytes: Buffer): void;
}

/** The server's end of a connection; what it has to say goes to `send`. */
export function createSpdy(send: (bytes: Buffer) => void, listener: SpdyListener): SpdyConnection {
  const streams = new Map<number, SpdyStream>();
  let waiting = Buffer.alloc(0);
  /** The client's header blocks so far: they are one compressed text, of which each is a part. */
  let compressed = Buffer.alloc(0);
  let inflated = 0;
  let replied = false;

  const control = (type: number, flags: number, ...parts: Buffer[]): void => {
    const body = Buffer.concat(parts);
    const head = Buffer.alloc(8);
    head.writeUInt16BE(VERSION, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt32BE(((flags << 24) | body.length) >>> 0, 4);
    send(Buffer.concat([head, body]));
  };

  /** A block without headers (a count of 0), as a stored part of the one compressed text of this direction; an empty part says that no more comes for now. */
  const noHeaders = (): Buffer => {
    const begin = replied ? [] : [0x78, 0x01];
    replied = true;
    return Buffer.from([...begin, 0x00, 0x04, 0x00, 0xfb, 0xff, 0, 0, 0, 0, 0x00, 0x00, 0x00, 0xff, 0xff]);
  };

  const readHeaders = (block: Buffer): Record<string, string> => {
    compressed = Buffer.concat([compressed, block]);
    const all = inflateSync(compressed, {dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH});
    const text = all.subarray(inflated);
    inflated = all.length;
    let at = 4;
    const next = (): string => {
      const length = text.readUInt32BE(at);
      const value = text.toString('utf8', at + 4, at + 4 + length);
      at += 4 + length;
      return value;
    };
    const headers: Record<string, string> = {};
    for (let left = text.readUInt32BE(0); left > 0; left--) headers[next()] = next();
    return headers;
  };

  const streamOf = (id: number, headers: Record<string, string>): SpdyStream => {
    const frame = (flags: number, data: Buffer): void =>
      send(Buffer.concat([word32(id), word32(((flags << 24) | data.length) >>> 0), data]));
    return {
      id,
      headers,
      write(data) {
        for (let at = 0; at < data.length; at += LARGEST_FRAME) frame(0, data.subarray(at, at + LARGEST_FRAME));
      },
      end: () => frame(FIN, Buffer.alloc(0)),
    };
  };

  const onControl: Record<number, (flags: number, body: Buffer) => void> = {
    [TYPE.synStream](flags, body) {
      const id = body.readUInt32BE(0) & 0x7fffffff;
      const stream = streamOf(id, readHeaders(body.subarray(10)));
      streams.set(id, stream);
      control(TYPE.synReply, 0, word32(id), noHeaders());
      listener.opened(stream);
      if (flags & FIN) listener.ended(stream);
    },
    [TYPE.ping]: (_flags, body) => control(TYPE.ping, 0, body),
    [TYPE.rstStream](_flags, body) {
      const stream = streams.get(body.readUInt32BE(0) & 0x7fffffff);
      if (!stream) return;
      streams.delete(stream.id);
      listener.ended(stream);
    },
  };

  const onData = (id: number, flags: number, body: Buffer): void => {
    const stream = streams.get(id);
    if (!stream) return;
    if (body.length > 0) listener.data(stream, body);
    if (flags & FIN) {
      streams.delete(id);
      listener.ended(stream);
    }
  };

  return {
    receive(bytes) {
      waiting = Buffer.concat([waiting, bytes]);
      while (waiting.length >= 8) {
        const length = waiting.readUInt32BE(4) & 0xffffff;
        if (waiting.length < 8 + length) return;
        const [first, flags] = [waiting.readUInt32BE(0), waiting[4]!];
        const body = waiting.subarray(8, 8 + length);
        waiting = waiting.subarray(8 + length);
        if (first >>> 31 === 0) onData(first, flags, body);
        else if (first >>> 16 === VERSION) onControl[first & 0xffff]?.(flags, body);
        else throw new Error('not a frame of SPDY/3.1');
      }
    },
  };
}
