/**
 * Clients from outside: what a real kubectl sends enters the session's history like a line typed at the prompt. A write waits while the clock stands, in sight; each
 * run of kubectl is one entry of the transcript, to be judged and taken back as one.
 */

import {serviceUnavailable} from '../../engine/api/status.ts';
import type {ApiRequest, ApiResponse} from '../../engine/apiserver/request.ts';
import {firstOf} from '../../engine/apiserver/request-info.ts';
import {lookRequest, sendRequest} from '../../engine/cluster/cluster.ts';
import {ADMIN_USER, KUBECONFIG_PATH, kubeconfigText} from '../shell/kubeconfig.ts';
import type {ShellActions} from '../shell/shell-actions.ts';
import {type Core, clusterOf, inPast} from '../state.ts';
import type {TranscriptEntry} from '../types.ts';
import {commandWords} from './command-words.ts';
import {type Door, onlyReads} from './door.ts';

interface Waiting {
  readonly entry: TranscriptEntry;
  readonly request: ApiRequest;
  answered(response: ApiResponse): void;
}

export interface Attached {
  readonly door: Door;
  /** Requests that wait for the clock, as entries of the transcript. */
  waiting(): readonly TranscriptEntry[];
  /** Sends a request into the cluster, now. */
  enter(request: ApiRequest): void;
  /** Lets in what waits, as far as it may now. */
  flush(): void;
  attach(): void;
  detach(): void;
}

const NO_CLUSTER = 'no cluster is open: open a lesson or the sandbox';
const WAITS = 'waits: the clock stands\n';

/** Each run of kubectl has an id of its own; '' for other clients. */
const runOf = ({headers}: ApiRequest): string => firstOf(headers?.['kubectl-session']);

/** Headers of the connection, which say nothing to the cluster. */
const OF_THE_CONNECTION = /^(host|connection|upgrade|content-length|transfer-encoding|accept-encoding|sec-.*)$/;
const tellingHeaders = ({headers = {}}: ApiRequest): NonNullable<ApiRequest['headers']> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.test(name)));

const wordsOf = (request: ApiRequest): string =>
  commandWords(firstOf(request.headers?.['kubectl-command']) || `${request.client ?? 'http'} ${request.method}`, request);

/** `kubectl delete pods/web  # attached`: as a line of the shell, with a comment. */
function lineOf({headers = {}}: ApiRequest, words: string): string {
  const impersonated = firstOf(headers['impersonate-user']);
  return `${words}  # attached${impersonated && `, as ${impersonated}`}`;
}

/** Which of two requests of one run tells more of how it was called. */
const tellsMore = (words: string, known: string): boolean => words.split(' ').length > known.split(' ').length;

/** `judge` looks at the lesson after something happened. */
export function attachedClients(core: Core, shell: ShellActions, judge: () => void): Attached {
  let waiting: Waiting[] = [];
  let arrived = 0;
  /** The run of kubectl that the last entry tells of. */
  let last: {run: string; entry: number; words: string} | undefined;

  const stands = (): boolean => core.state.place === 'map' || core.state.paused || core.state.editing !== undefined || inPast(core);
  let answer: ApiResponse | undefined;

  const record = (request: ApiRequest, response: ApiResponse, position: number): void => {
    const run = runOf(request);
    const looked = onlyReads(request);
    const failed = response.code >= 400 && !looked;
    const output = looked ? '' : `${request.method} ${request.path} ${response.code}\n`;
    const branch = core.state.branch!;
    const entry = branch.entries.at(-1);
    if (entry && run !== '' && last?.run === run && last.entry === entry.id) {
      const words = wordsOf(request);
      if (tellsMore(words, last.words)) last = {...last, words};
      const line = lineOf(request, last.words);
      const grown = {...entry, line, output: entry.output + output, exitCode: failed ? 1 : entry.exitCode, failed: failed || entry.failed};
      core.set({branch: {...branch, entries: [...branch.entries.slice(0, -1), {...grown, looked: looked && entry.looked}]}});
      return;
    }
    const words = wordsOf(request);
    last = {run, entry: core.state.entries, words};
    const line = lineOf(request, words);
    shell.remember({line, output, exitCode: failed ? 1 : 0, position, filesBefore: core.state.shell.files, looked});
  };

  const enter = (request: ApiRequest): ApiResponse => {
    const cluster = clusterOf(core);
    if (!cluster) {
      const {code, status} = serviceUnavailable(NO_CLUSTER);
      return {code, headers: {}, body: status};
    }
    const {position} = cluster.history;
    const response = sendRequest(cluster.machine, request);
    record(request, response, position);
    if (!onlyReads(request)) {
      shell.watchRequest(position);
      judge();
    }
    core.set({});
    return response;
  };

  /** Sends a request as an action of the learner's, so that it stands in the recording of a lesson. */
  const perform = (request: ApiRequest, answered: (response: ApiResponse) => void): void => {
    core.act({type: 'request', request: {...request, headers: tellingHeaders(request)}});
    if (!onlyReads(request)) core.tell();
    answered(answer!);
  };

  const flush = (): void => {
    while (waiting.length > 0 && !stands()) {
      const [first, ...rest] = waiting as [Waiting, ...Waiting[]];
      waiting = rest;
      perform(first.request, first.answered);
    }
  };

  const door: Door = {
    cluster: () => clusterOf(core),
    kubeconfig: () => core.state.shell.files[KUBECONFIG_PATH] ?? kubeconfigText({}, {user: ADMIN_USER, namespace: 'default'}),
    send(request, answered) {
      const cluster = clusterOf(core);
      // Programs that look again and again leave no trace; a run of kubectl does, like one at the prompt.
      if (onlyReads(request) && cluster && (runOf(request) === '' || stands())) answered(lookRequest(cluster.machine, request));
      else if (onlyReads(request) || (waiting.length === 0 && !stands())) perform(request, answered);
      else return hold(request, answered);
      return () => {};
    },
  };

  const hold = (request: ApiRequest, answered: (response: ApiResponse) => void): (() => void) => {
    arrived++;
    const held: Waiting = {
      entry: {id: -arrived, line: lineOf(request, wordsOf(request)), output: WAITS, failed: false},
      request,
      answered,
    };
    waiting = [...waiting, held];
    core.set({});
    core.tell();
    return () => {
      waiting = waiting.filter(w => w !== held);
      core.set({});
    };
  };

  /** A line of the session's own in the transcript. */
  const say = (line: string, output: string): void => {
    const cluster = clusterOf(core);
    if (!cluster) return core.remark('accent', output.trim());
    shell.remember({line, output, exitCode: 0, position: cluster.history.position, filesBefore: core.state.shell.files});
  };
  const told = (server: {url: string; kubeconfig: string}): string =>
    `listening on ${server.url}, kubeconfig ${server.kubeconfig}\nIn another terminal: export KUBECONFIG=${server.kubeconfig}\n`;

  return {
    door,
    flush,
    enter(request) {
      answer = enter(request);
    },
    waiting: () => waiting.map(w => w.entry),
    attach() {
      const {attach} = core.options.ports;
      if (!attach) return core.remark('warn', 'nothing can be attached here');
      if (!clusterOf(core)) return core.remark('warn', 'open a lesson first: play 1.1');
      if (core.state.attached) return say('attach', told(core.state.attached));
      attach(door).then(
        server => {
          core.set({attached: server});
          say('attach', told(server));
          core.tell();
        },
        (error: Error) => {
          core.remark('error', error.message);
          core.tell();
        },
      );
    },
    detach() {
      if (!core.state.attached) return;
      core.state.attached.close();
      core.set({attached: undefined});
    },
  };
}
