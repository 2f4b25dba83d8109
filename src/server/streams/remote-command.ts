/** `kubectl exec` and `kubectl attach` at the other end of a WebSocket. */
import type {WebSocket} from 'ws';
import type {Status} from '../../engine/api/types.ts';
import type {ExecAnswer} from '../../engine/apiserver/node-proxy.ts';
import type {ApiRequest, ApiResponse} from '../../engine/apiserver/request.ts';
import {SUPER_ADMIN} from '../../engine/cluster/cluster.ts';
import type {Door} from '../../session/outside/door.ts';
import {follow} from '../followers.ts';
import {createChannels} from './channels.ts';
import {createShell, type Terminal} from './shell.ts';

const SHELL = /(^|\/)(sh|bash|ash|dash|zsh)$/;

const asks = ({query}: ApiRequest, name: string): boolean => query?.[name] === 'true' || query?.[name] === '1';

const outcome = ({code, body}: ApiResponse): ExecAnswer | {error: string} =>
  code === 200 ? (body as ExecAnswer) : {error: (body as Status).message ?? `the server answered ${code}`};

/** Runs the command that a request names: at once, when its input has come, or line by line where it is a shell at a terminal. */
export function serveExec(socket: WebSocket, door: Door, request: ApiRequest): void {
  const command = [request.query?.['command'] ?? []].flat();
  const tty = asks(request, 'tty');
  let withdraw = (): void => {};
  const run = (change: Partial<ApiRequest>, done: (answer: ExecAnswer | {error: string}) => void): void => {
    withdraw = door.send({...request, method: 'POST', ...change}, response => done(outcome(response)));
  };
  const input: Buffer[] = [];
  let keys = (_keys: string): void => {};
  let started = false;
  const start = (): void => {
    if (started) return;
    started = true;
    run(input.length ? {body: Buffer.concat(input).toString('utf8')} : {}, answer => {
      if ('error' in answer) return channels.fail(answer.error);
      channels.stdout(tty ? (answer.stdout + answer.stderr).replaceAll('\n', '\r\n') : answer.stdout);
      if (!tty) channels.stderr(answer.stderr);
      channels.exit(answer.exitCode);
    });
  };
  const interactive = tty && asks(request, 'stdin') && command.length === 1 && SHELL.test(command[0]!);
  const channels = createChannels(socket, {
    stdin: data => (interactive ? keys(data.toString('utf8')) : void input.push(data)),
    stdinClosed: () => {
      if (!interactive) start();
    },
    gone: () => withdraw(),
  });
  if (interactive) {
    const terminal: Terminal = {write: channels.stdout, exit: channels.exit, fail: channels.fail};
    keys = createShell(terminal, (script, done) =>
      run({query: {...request.query, command: [...command, '-c', script], stdin: 'false'}}, done),
    );
  } else if (tty || !asks(request, 'stdin')) start();
}

/** Passes on what the container writes from now on, until it ends. */
export function serveAttach(socket: WebSocket, door: Door, request: ApiRequest): void {
  const tty = asks(request, 'tty');
  const channels = createChannels(socket, {gone: () => stop()});
  const stop = follow(
    door,
    // Who may attach sees the output, whether or not they may read logs.
    {method: 'GET', path: request.path.replace(/attach$/, 'log'), query: {container: request.query?.['container']}, user: SUPER_ADMIN},
    text => channels.stdout(tty ? text.replaceAll('\n', '\r\n') : text),
    () => channels.exit(0),
  );
}
