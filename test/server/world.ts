/** A cluster behind a real server, and clients for it: plain HTTPS, and the kubectl that is installed. */
import {spawn, spawnSync} from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import {parse} from 'yaml';
import {type Cluster, type ClusterOptions, createCluster} from '../../src/engine/cluster/cluster.ts';
import {createClusterDoor, type Speed} from '../../src/server/cluster-door.ts';
import {type OpenServer, openServer} from '../../src/server/server.ts';
import type {Door} from '../../src/session/outside/door.ts';
import {ADMIN_USER, kubeconfigText} from '../../src/session/shell/kubeconfig.ts';

export interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Of JSON answers. */
  readonly body: any;
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Default: the administrator's token; '' for none. */
  readonly token?: string;
  readonly agent?: https.Agent;
}

export interface Served {
  readonly cluster: Cluster;
  readonly server: OpenServer;
  readonly token: string;
  readonly ca: Buffer;
  readonly folder: string;
  ask(method: string, path: string, ask?: Ask): Promise<Answer>;
  /** Opens a stream of JSON lines; `lines` grows as they come. */
  stream(
    path: string,
    ask?: Ask,
  ): Promise<{lines: any[]; ended: Promise<void>; close(): void; until(done: (lines: any[]) => boolean): Promise<void>}>;
  /** Runs a line of a shell; `until`: it is ended once it has printed that. */
  kubectl(command: string, options?: {input?: string; env?: Record<string, string>; until?: RegExp}): Promise<Ran>;
  close(): Promise<void>;
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** What a command may take on a machine that has much else to do. */
const PATIENCE_MS = 50_000;

export const PEOPLE = {alice: ['dev'], bob: ['ops']} as const;

/** Version of the kubectl on the path, or undefined. */
export const kubectlVersion: string | undefined = (() => {
  const {stdout, status} = spawnSync('kubectl', ['version', '--client', '-o', 'json'], {encoding: 'utf8'});
  return status === 0 ? (JSON.parse(stdout) as {clientVersion: {gitVersion: string}}).clientVersion.gitVersion : undefined;
})();

/** Serves a new cluster, or what is behind a door. */
export async function serve(options: ClusterOptions & {speed?: Speed; door?: Door} = {}): Promise<Served> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'podyssey-server-'));
  const cluster = options.door?.cluster() ?? createCluster(options);
  const own = options.door
    ? undefined
    : createClusterDoor(cluster, options.speed ?? 'max', kubeconfigText(PEOPLE, {user: ADMIN_USER, namespace: 'default'}));
  const kubeconfig = path.join(folder, 'kubeconfig');
  const server = await openServer(options.door ?? own!, {port: 0, kubeconfig});
  const config = parse(fs.readFileSync(kubeconfig, 'utf8'));
  const token: string = config.users[0].user.token;
  const ca = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64');
  const {port} = new URL(server.url);
  const agent = new https.Agent({ca, keepAlive: true});
  const open = (method: string, where: string, {headers = {}, token: as = token, agent: by = agent}: Ask = {}) =>
    https.request({
      host: '127.0.0.1',
      port,
      method,
      path: where,
      agent: by,
      headers: {...(as && {authorization: `Bearer ${as}`}), ...headers},
    });

  return {
    cluster,
    server,
    token,
    ca,
    folder,
    ask: (method, where, ask = {}) =>
      new Promise((resolve, reject) => {
        const request = open(method, where, ask);
        request.on('error', reject);
        request.on('response', response => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            let body: unknown;
            try {
              body = JSON.parse(text);
            } catch {
              body = undefined;
            }
            resolve({code: response.statusCode!, headers: response.headers, text, body});
          });
        });
        const {body} = ask;
        if (body === undefined) return request.end();
        const isText = typeof body === 'string' || Buffer.isBuffer(body);
        if (!request.hasHeader('content-type')) request.setHeader('content-type', 'application/json');
        request.end(isText ? body : JSON.stringify(body));
      }),
    stream: (where, ask) =>
      new Promise((resolve, reject) => {
        const request = open('GET', where, ask);
        request.on('error', reject);
        request.on('response', response => {
          const lines: any[] = [];
          let waiting = '';
          let heard = (): void => {};
          response.on('data', chunk => {
            const parts = (waiting + chunk).split('\n');
            waiting = parts.pop()!;
            lines.push(...parts.map(line => JSON.parse(line)));
            heard();
          });
          const ended = new Promise<void>(done => response.on('close', done));
          resolve({
            lines,
            ended,
            close: () => request.destroy(),
            until: done =>
              new Promise((met, late) => {
                const timer = setTimeout(() => late(new Error(`not within half a minute: ${JSON.stringify(lines)}`)), 30_000);
                heard = () => {
                  if (!done(lines)) return;
                  clearTimeout(timer);
                  met();
                };
                heard();
              }),
          });
        });
        request.end();
      }),
    kubectl: (command, {input = '', env = {}, until} = {}) =>
      new Promise(resolve => {
        const child = spawn('sh', ['-c', command], {
          cwd: folder,
          // A program that lives for a tenth of a second need not collect its garbage.
          env: {...process.env, GOGC: 'off', KUBECONFIG: kubeconfig, HOME: folder, KUBECTL_EXTERNAL_DIFF: 'diff -u -N', ...env},
        });
        let stdout = '';
        let stderr = '';
        child.stdout.on('data', text => {
          stdout += text;
          if (until?.test(stdout)) child.kill('SIGTERM');
        });
        child.stderr.on('data', text => (stderr += text));
        const timer = setTimeout(() => child.kill('SIGTERM'), PATIENCE_MS);
        child.on('close', code => {
          clearTimeout(timer);
          resolve({stdout, stderr, exitCode: code ?? 143});
        });
        child.stdin.on('error', () => {});
        child.stdin.end(input);
      }),
    async close() {
      agent.destroy();
      await server.close();
      own?.stop();
      fs.rmSync(folder, {recursive: true, force: true});
    },
  };
}
