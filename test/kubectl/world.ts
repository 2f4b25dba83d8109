/** A shell in front of a simulated cluster: kubectl lines in, what they print out. */
import {EPOCH} from '../../src/engine/api/clock.ts';
import type {Cluster, ClusterOptions} from '../../src/engine/cluster/cluster.ts';
import {commandWords} from '../../src/engine/runtime/process/shell/words.ts';
import {complete} from '../../src/kubectl/complete.ts';
import {drive, kubectl} from '../../src/kubectl/kubectl.ts';
import type {ApiRequest, ApiResponse, Cache, KubectlEnv} from '../../src/kubectl/types.ts';
import {clusterOf} from '../clusters.ts';

const SERVER = 'https://192.168.0.2:6443';

/** Who a user entry of the kubeconfig is. */
export type People = Readonly<Record<string, {groups: readonly string[]} | 'bad token' | 'anonymous'>>;

export interface WorldOptions extends ClusterOptions {
  people?: People;
  /** Default: a new one. */
  cluster?: Cluster;
}

export interface World {
  cluster: Cluster;
  files: Record<string, string>;
  /** Requests of the last line. */
  requests: ApiRequest[];
  /** What Tab offers at the end of this line. */
  tab(line: string): string[];
  run(
    line: string,
    options?: {as?: string; stdin?: string; edit?: (text: string) => string | undefined; maxSleepMs?: number},
  ): {stdout: string; stderr: string; exitCode: number};
}

const ADMIN: People = {admin: {groups: ['system:masters', 'system:authenticated']}};

const config = (people: People, user: string): string => `apiVersion: v1
kind: Config
current-context: main
clusters:
- name: main
  cluster: {server: "${SERVER}"}
users:
${Object.keys(people)
  .map(name => `- name: ${name}\n  user: {}\n`)
  .join('')}contexts:
- name: main
  context: {cluster: main, user: ${user}}
`;

class Interrupted extends Error {}

/** A cluster and a home folder whose kubeconfig has a user entry for each of these people; the context belongs to the first. */
export function createWorld({people = ADMIN, cluster: given, ...options}: WorldOptions = {}): World {
  const cluster = given ?? clusterOf(options);
  const cache: Cache = {};
  const [first] = Object.keys(people);
  const files: Record<string, string> = {'/home/.kube/config': config(people, first!)};
  const env: KubectlEnv = {
    files: {
      read: path => files[path],
      list: path => {
        const folder = path === '.' ? '' : `${path.replace(/\/$/, '')}/`;
        const below = Object.keys(files).filter(name => name.startsWith(folder));
        return below.length > 0 ? below.map(name => name.slice(folder.length)) : undefined;
      },
      write: (path, text) => void (files[path] = text),
    },
    postFromScheduler: cluster.postFromScheduler,
    variables: {HOME: '/home'},
    now: () => EPOCH + cluster.now,
    cache,
  };
  const request = (asked: ApiRequest): ApiResponse => {
    world.requests.push(asked);
    if (asked.server !== SERVER) return {code: 0, headers: {}, body: 'dial tcp: connect: connection refused'};
    const user = asked.credentials.user ?? '';
    const who = people[user];
    const headers = {...asked.headers, ...(who === 'bad token' && {authorization: 'Bearer wrong'})};
    const identity = typeof who === 'object' ? {user, groups: who.groups} : {};
    if (who === 'anonymous') Object.assign(identity, {user: 'system:anonymous', groups: ['system:unauthenticated']});
    return cluster.request({method: asked.method, path: asked.path, query: asked.query, headers, body: asked.body, ...identity});
  };
  const world: World = {
    cluster,
    files,
    requests: [],
    tab(line) {
      const words = line.split(/\s+/).slice(1);
      return drive(complete(words.slice(0, -1), words.at(-1) ?? '', env), {request, sleep: () => {}}).value.map(c => c.text);
    },
    run(line, {as, stdin, edit, maxSleepMs = Number.POSITIVE_INFINITY} = {}) {
      world.requests = [];
      let slept = 0;
      const printed = {stdout: '', stderr: ''};
      try {
        const words = commandWords(line)[0] ?? [];
        const argv = /^(kubectl|k)$/.test(words[0] ?? '') ? words.slice(1) : words;
        const {value, ...said} = drive(
          kubectl(as ? [argv[0]!, '--user', as, ...argv.slice(1)] : argv, {...env, ...(stdin !== undefined && {stdin})}),
          {
            request,
            sleep(ms) {
              slept += ms;
              if (slept > maxSleepMs) throw new Interrupted();
              cluster.advance(ms);
            },
            ...(edit && {edit}),
            print: (stream, text) => void (printed[stream] += text),
          },
        );
        return {...said, exitCode: value};
      } catch (error) {
        if (error instanceof Interrupted) return {...printed, exitCode: 130};
        throw error;
      }
    },
  };
  return world;
}
