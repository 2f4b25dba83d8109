/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/logs/logs.go */
import {allContainers, isPodTerminal} from '../../engine/api/pods.ts';
import {ApiError, type Pod} from '../../engine/api/types.ts';
import {type Info, lookUp, SELECTOR_FLAG} from '../builder.ts';
import {pathOf} from '../client.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {sleep, stderr, stdout} from '../effects.ts';
import {Failure, joinErrors, usageError} from '../failure.ts';
import type {Effects} from '../types.ts';
import {POLL_MS} from '../watch.ts';
import {attachablePod, containerNames, defaultContainer, podOrWorkload, podsOf} from '../workload-pods.ts';

type Query = Record<string, string | undefined>;

/** What the container has said. Throws ApiError. */
export function* readLog(context: Context, pod: Info, query: Query): Effects<string> {
  const response = yield* context.client.raw('GET', pathOf({...pod, subresource: 'log'}), {query, accept: 'application/json, */*'});
  if (response.code < 400) return typeof response.body === 'string' ? response.body : JSON.stringify(response.body);
  throw new ApiError(response.body as ApiError['status']);
}

const withPrefix = (text: string, prefix: string): string => (prefix ? text.replace(/^(?=.)/gm, prefix) : text);

/** One container whose log is wanted. */
export interface LogRequest {
  pod: Info;
  query?: Query;
  /** Put before every line. */
  prefix?: string;
}

interface Stream extends Required<LogRequest> {
  /** How much of it has been printed. */
  seen: number;
}

/** Prints what there is; the rest of a followed log comes from `read`. */
function* open(context: Context, request: LogRequest, follow: boolean): Effects<Stream> {
  const {pod, query = {}, prefix = ''} = request;
  yield* stdout(withPrefix(yield* readLog(context, pod, query), prefix));
  const {tailLines: _, ...rest} = query;
  return {pod, query: rest, prefix, seen: follow ? (yield* readLog(context, pod, rest)).length : 0};
}

/** Prints what has come since; false when the container has ended. */
function* read(context: Context, stream: Stream): Effects<boolean> {
  const {pod, query, prefix, seen} = stream;
  const now = yield* context.client.get<Pod>({...pod});
  const text = yield* readLog(context, pod, query);
  if (text.length > seen) yield* stdout(withPrefix(text.slice(seen), prefix));
  stream.seen = Math.max(seen, text.length);
  const {containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = []} = now.status ?? {};
  const all = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses];
  const status = all.find(c => c.name === (query['container'] ?? c.name));
  return !status?.state?.terminated && !isPodTerminal(now);
}

/** Prints the logs one after the other; with `follow`, all of them at once until the last container has ended. */
export function* printLogs(context: Context, requests: readonly LogRequest[], follow = false): Effects<void> {
  let streams: Stream[] = [];
  for (const request of requests) streams.push(yield* open(context, request, follow));
  while (follow && streams.length > 0) {
    const running: Stream[] = [];
    for (const stream of streams) if (yield* read(context, stream)) running.push(stream);
    streams = running;
    if (streams.length > 0) yield* sleep(POLL_MS);
  }
}

/** Of pods found by a selector, where nobody says how many lines. */
const SELECTOR_TAIL = '10';

function queryOf({flags}: Context): Query {
  const since = flags.duration('since');
  const tail = flags.int('tail');
  const limit = flags.int('limit-bytes');
  const ofMany = Boolean(flags.string('selector')) && !flags.changed('tail');
  return {
    follow: flags.bool('follow') ? 'true' : undefined,
    previous: flags.bool('previous') ? 'true' : undefined,
    timestamps: flags.bool('timestamps') ? 'true' : undefined,
    sinceSeconds: since === 0 ? undefined : String(Math.round(since / 1000)),
    sinceTime: flags.string('since-time') || undefined,
    tailLines: tail === -1 ? (ofMany ? SELECTOR_TAIL : undefined) : String(tail),
    limitBytes: limit === 0 ? undefined : String(limit),
  };
}

/** upstream: LogsOptions.Validate */
function validate({args, flags}: Context, container: string): void {
  const since = flags.duration('since');
  if (flags.string('since-time') && since !== 0) throw new Failure('at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (flags.bool('all-containers') && container)
    throw new Failure(`--all-containers=true should not be specified with container name ${container}`);
  if (flags.changed('container') && args.length === 2) throw new Failure('only one of -c or an inline [CONTAINER] arg is allowed');
  if (flags.int('limit-bytes') < 0) throw new Failure('--limit-bytes must be greater than 0');
  if (Math.round(since / 1000) < 0) throw new Failure('--since must be greater than 0');
  if (flags.int('tail') < -1) throw new Failure('--tail must be greater than or equal to -1');
}

const infoOf = (pod: Pod, info: Info, kind: Info['kind']): Info => ({
  kind,
  version: kind.version,
  namespace: pod.metadata.namespace ?? info.namespace,
  name: pod.metadata.name ?? '',
  object: pod,
});

/** The containers of a pod that are asked: one, or all. */
function* requestsOf(context: Context, pod: Info, wanted: string, prefixed: boolean): Effects<LogRequest[]> {
  const object = pod.object as Pod;
  const query = queryOf(context);
  const requestOf = (container: string): LogRequest => ({
    pod,
    query: {...query, container},
    prefix: prefixed ? `[pod/${pod.name}/${container}] ` : '',
  });
  if (context.flags.bool('all-containers')) return allContainers(object.spec).map(({name}) => requestOf(name));
  if (wanted && !containerNames(object).includes(wanted)) throw new Failure(`container ${wanted} is not valid for pod ${pod.name}`);
  const chosen = wanted ? {name: wanted} : defaultContainer(object);
  if ('notice' in chosen && chosen.notice) yield* stderr(chosen.notice);
  return [requestOf(chosen.name)];
}

function* logsOfPods(context: Context, pods: readonly Info[], wanted: string, prefixed: boolean): Effects<void> {
  const requests: LogRequest[] = [];
  for (const pod of pods) requests.push(...(yield* requestsOf(context, pod, wanted, prefixed)));
  const follow = context.flags.bool('follow');
  const most = context.flags.int('max-log-requests');
  if (follow && requests.length > 1 && requests.length > most)
    throw new Failure(
      `you are attempting to follow ${requests.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
    );
  yield* printLogs(context, requests, follow);
}

export const logs: Command = {
  name: 'logs',
  use: 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  short: 'Print the logs for a container in a pod',
  flags: {
    ...SELECTOR_FLAG,
    'all-containers': {type: 'bool', value: 'false', usage: "Get all containers' logs in the pod(s)."},
    'all-pods': {type: 'bool', value: 'false', usage: 'Get logs from all pod(s). Sets prefix to true.'},
    container: {type: 'string', short: 'c', usage: 'Print the logs of this container'},
    follow: {type: 'bool', short: 'f', value: 'false', usage: 'Specify if the logs should be streamed.'},
    'ignore-errors': {
      type: 'bool',
      value: 'false',
      usage: 'If watching / following pod logs, allow for any errors that occur to be non-fatal',
    },
    'insecure-skip-tls-verify-backend': {
      type: 'bool',
      value: 'false',
      usage: 'Skip verifying the identity of the kubelet that logs are requested from.',
    },
    'limit-bytes': {type: 'int', value: '0', usage: 'Maximum bytes of logs to return. Defaults to no limit.'},
    'max-log-requests': {
      type: 'int',
      value: '5',
      usage: 'Specify maximum number of concurrent logs to follow when using by a selector. Defaults to 5.',
    },
    'pod-running-timeout': {
      type: 'duration',
      value: '20s',
      usage: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
    prefix: {type: 'bool', value: 'false', usage: 'Prefix each log line with the log source (pod name and container name)'},
    previous: {
      type: 'bool',
      short: 'p',
      value: 'false',
      usage: 'If true, print the logs for the previous instance of the container in a pod if it exists.',
    },
    since: {
      type: 'duration',
      value: '0s',
      usage:
        'Only return logs newer than a relative duration like 5s, 2m, or 3h. Defaults to all logs. Only one of since-time / since may be used.',
    },
    'since-time': {
      type: 'string',
      usage: 'Only return logs after a specific date (RFC3339). Defaults to all logs. Only one of since-time / since may be used.',
    },
    tail: {
      type: 'int',
      value: '-1',
      usage:
        'Lines of recent log file to display. Defaults to -1 with no selector, showing all log lines otherwise 10, if a selector is provided.',
    },
    timestamps: {type: 'bool', value: 'false', usage: 'Include timestamps on each line in the log output'},
  },
  completes: 'pods',
  *run(context) {
    const {args, flags} = context;
    const selector = flags.string('selector');
    const podKind = yield* context.kind('pods');
    const container = args[1] ?? flags.string('container');
    if (args.length === 0 && !selector)
      throw usageError(
        context.path,
        "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
      );
    if (args.length > 0 && selector) throw usageError(context.path, 'only a selector (-l) or a POD name is allowed');
    if (args.length > 2)
      throw usageError(
        context.path,
        "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
      );
    if (selector) {
      const {infos, errors} = yield* lookUp(context, ['pods'], {selector});
      if (errors.length > 0) throw joinErrors(errors);
      if (infos.length === 0) yield* stderr(`No resources found in ${context.config.namespace} namespace.\n`);
      validate(context, container);
      yield* logsOfPods(context, infos, container, flags.bool('prefix'));
      return;
    }
    let info: Info;
    try {
      info = yield* podOrWorkload(context, args[0]!);
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound')
        throw new Failure(`error from server (NotFound): ${error.message} in namespace "${context.config.namespace}"`);
      throw error;
    }
    validate(context, container);
    if (flags.bool('all-pods') && info.kind !== podKind) {
      const pods = yield* podsOf(context, info);
      yield* logsOfPods(
        context,
        pods.map(pod => infoOf(pod, info, podKind)),
        container,
        true,
      );
      return;
    }
    const {pod, count} = yield* attachablePod(context, info, podKind, 'get the logs from');
    if (count > 1) yield* stderr(`Found ${count} pods, using pod/${pod.metadata.name}\n`);
    yield* logsOfPods(context, [infoOf(pod, info, podKind)], container, flags.bool('prefix'));
  },
};
