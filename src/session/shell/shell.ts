/**
 * The learner's shell: a line becomes a program that yields effects (kubectl's and the other tools'), and a driver gives it what it asks for. Live, virtual time
 * flows while a program sleeps; headless, the driver lets it pass at once.
 */

import {EPOCH} from '../../engine/api/clock.ts';
import {serviceUnavailable} from '../../engine/api/status.ts';
import {serverConfig} from '../../engine/apiserver/config.ts';
import {type Cluster, lookRequest, sendRequest} from '../../engine/cluster/cluster.ts';
import {ANYONE, type ApiRequest, type ApiResponse, type Cache, type Effect, type Effects, type Reply} from '../../kubectl/types.ts';
import {decodeCertificate, isClusterAuthority, SERVER} from './kubeconfig.ts';

/** What a shell keeps between two lines. */
export interface ShellState {
  readonly files: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** How the last command ended: `$?`. */
  readonly status?: number;
  readonly cache: Cache;
}

/** A shell that has just been opened on these files. `~` is the learner's home: that is where the kubeconfig lies. */
export const newShell = (files: ShellState['files'] = {}, variables: ShellState['variables'] = {}): ShellState => ({
  files,
  variables: {HOME: '~', ...variables},
  cache: {},
});

/** The same shell for what leaves no trace: what kubectl learns meanwhile is not in the learner's cache. */
export const apart = (shell: ShellState): ShellState => ({...shell, cache: {...shell.cache}});

/** What a program may look at and do while it runs. */
export interface ProgramEnv {
  readonly cluster: Cluster;
  state: ShellState;
  /** Text that a pipe, `<` or a here-document gives. */
  stdin?: string | undefined;
  /** Command names and flags that this lesson switches off. */
  readonly disabled: readonly string[];
}

/** A row of the table of programs. */
export interface Program {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** For `help`: how it is called, and what it does. */
  readonly usage: string;
  readonly about: string;
  /** `type` runs another line. */
  run(argv: readonly string[], env: ProgramEnv, type: (line: string, env: ProgramEnv) => Effects<number>): Effects<number>;
  /** Words that may come next; `part` is what stands of the next one already. */
  complete?(argv: readonly string[], env: ProgramEnv, part?: string): readonly {text: string; about: string}[];
}

/** Virtual time as kubectl sees it: milliseconds since 1970. */
export const wallClock = (cluster: Cluster): number => EPOCH + cluster.now;

/** Served by certificates that ran out an hour before the cluster began. */
const EXPIRED = new Date(EPOCH - 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');

/** What answers in the API server's stead, or keeps kubectl from asking it. */
function meetFront(cluster: Cluster, trusts: string | undefined): ApiResponse | undefined {
  const {certificate, unavailable} = serverConfig(cluster.machine).front ?? {};
  const untrusted = (why: string): ApiResponse => ({code: 0, headers: {}, body: `tls: failed to verify certificate: x509: ${why}`});
  const blind = trusts === ANYONE;
  if (!blind && (certificate === 'wrong-ca' || !isClusterAuthority(trusts))) return untrusted('certificate signed by unknown authority');
  if (!blind && certificate === 'expired') {
    const now = new Date(wallClock(cluster)).toISOString().replace(/\.\d+Z$/, 'Z');
    return untrusted(`certificate has expired or is not yet valid: current time ${now} is after ${EXPIRED}`);
  }
  if (!unavailable) return undefined;
  const {code, status} = serviceUnavailable('the server is currently unable to handle the request');
  return {code, headers: {'content-type': 'application/json'}, body: status};
}

/** Sends kubectl's request into the cluster, or says why it cannot get there. `looking`: so that nobody hears of it and nothing changes. */
export function send(cluster: Cluster, request: ApiRequest, looking = false): ApiResponse {
  if (request.server !== SERVER || !serverConfig(cluster.machine).running) {
    const host = request.server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
    return {code: 0, headers: {}, body: `dial tcp ${host.includes(':') ? host : `${host}:443`}: connect: connection refused`};
  }
  const met = meetFront(cluster, request.trusts);
  if (met) return met;
  const {token, clientCertificate, username, password} = request.credentials;
  const headers: Record<string, string | readonly string[]> = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (token) headers['authorization'] = `Bearer ${token}`;
  else if (username !== undefined) headers['authorization'] = `Basic ${btoa(`${username}:${password ?? ''}`)}`;
  const certificate = clientCertificate && !headers['authorization'] ? decodeCertificate(clientCertificate) : undefined;
  return (looking ? lookRequest : sendRequest)(cluster.machine, {
    method: request.method,
    path: request.path,
    query: request.query,
    headers,
    ...(request.body !== undefined && {body: request.body}),
    ...(certificate && {clientCertificate: certificate}),
    client: 'kubectl',
    ...(request.manifest && {manifest: request.manifest}),
  }) as ApiResponse;
}

/** A program under way. */
export interface Running {
  readonly program: Effects<number>;
  /** Virtual time until which it sleeps. */
  wakeAt: number | undefined;
  reply: Reply;
  exitCode: number | undefined;
}

export const start = (program: Effects<number>): Running => ({program, wakeAt: undefined, reply: undefined, exitCode: undefined});

/** Goes on with a program until it ends, sleeps, or asks for what only the front end has; returns that effect, or undefined. */
export function proceed(
  running: Running,
  cluster: Cluster,
  write: (stream: 'stdout' | 'stderr', text: string) => void,
): Effect | undefined {
  for (;;) {
    const next = running.program.next(running.reply);
    running.reply = undefined;
    if (next.done) {
      running.exitCode = next.value;
      return undefined;
    }
    const effect = next.value;
    if (effect.kind === 'stdout' || effect.kind === 'stderr') write(effect.kind, effect.text);
    else if (effect.kind === 'request') {
      running.reply = send(cluster, effect.request);
      const slow = serverConfig(cluster.machine).front?.slowMs ?? 0;
      if (slow === 0) continue;
      running.wakeAt = cluster.now + slow;
      return {kind: 'sleep', ms: slow};
    } else if (effect.kind === 'sleep') {
      running.wakeAt = cluster.now + effect.ms;
      return effect;
    } else return effect;
  }
}

export interface Ended {
  readonly output: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A program that waits for longer than this is ended, headless: it waits for what will not come. */
const PATIENCE_MS = 3_600_000;

/** What goes on in virtual time: yields the milliseconds that have to pass before it can. */
export type Passing<T> = Generator<number, T>;

/** Plays a program to its end. `edit` stands in for the learner's editor. */
export function* playing(
  program: Effects<number>,
  cluster: Cluster,
  edit?: (text: string, file: string) => string | undefined,
): Passing<Ended> {
  const running = start(program);
  const limit = cluster.now + PATIENCE_MS;
  let output = '';
  const streams = {stdout: '', stderr: ''};
  const write = (stream: 'stdout' | 'stderr', text: string): void => {
    output += text;
    streams[stream] += text;
  };
  while (running.exitCode === undefined) {
    const effect = proceed(running, cluster, write);
    if (effect?.kind === 'sleep') {
      if (cluster.now >= limit) return {output, ...streams, exitCode: 130};
      yield effect.ms;
    } else if (effect?.kind === 'edit') running.reply = edit?.(effect.text, effect.file);
  }
  return {output, ...streams, exitCode: running.exitCode};
}

/** Lets all the time pass at once. */
export function allAtOnce<T>(passing: Passing<T>, cluster: Cluster): T {
  for (;;) {
    const {done, value} = passing.next();
    if (done) return value;
    cluster.advance(value);
  }
}

/** Runs a program to its end; virtual time passes while it sleeps. */
export const runToEnd = (...[program, cluster, edit]: Parameters<typeof playing>): Ended =>
  allAtOnce(playing(program, cluster, edit), cluster);
