/**
 * Several streams in one WebSocket: the first byte of a message says which. The last word comes on the error channel.
 * upstream: staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
 */
import type {RawData, WebSocket} from 'ws';

/** Best first. v5 adds a message by which the client closes its standard input. */
export const CHANNEL_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const CLOSE = 255;

export interface Channels {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Says how it ended, and hangs up. */
  exit(exitCode: number): void;
  fail(message: string): void;
}

export interface ChannelListener {
  stdin?(data: Buffer): void;
  stdinClosed?(): void;
  gone?(): void;
}

const SUCCESS = {metadata: {}, status: 'Success'};
const exited = (code: number) => ({
  metadata: {},
  status: 'Failure',
  message: `command terminated with non-zero exit code: exit status ${code}`,
  reason: 'NonZeroExitCode',
  details: {causes: [{reason: 'ExitCode', message: String(code)}]},
});
const failed = (message: string) => ({metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500});

export function createChannels(socket: WebSocket, listener: ChannelListener): Channels {
  const send = (channel: number, text: string): void => {
    if (text && socket.readyState === socket.OPEN) socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
  };
  const end = (status: object): void => {
    send(ERROR, JSON.stringify(status));
    socket.close(1000);
  };
  socket.on('message', (raw: RawData) => {
    const data = Buffer.isBuffer(raw) ? raw : Array.isArray(raw) ? Buffer.concat(raw) : Buffer.from(raw);
    if (data[0] === STDIN && data.length > 1) listener.stdin?.(data.subarray(1));
    else if (data[0] === CLOSE && data[1] === STDIN) listener.stdinClosed?.();
  });
  socket.on('close', () => listener.gone?.());
  socket.on('error', () => socket.terminate());
  return {
    stdout: text => send(STDOUT, text),
    stderr: text => send(STDERR, text),
    exit: code => end(code === 0 ? SUCCESS : exited(code)),
    fail: message => end(failed(message)),
  };
}
