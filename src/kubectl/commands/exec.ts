/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/exec/exec.go, attach, portforward */
import {isPodTerminal} from '../../engine/api/pods.ts';
import {ApiError, type Pod, type Service} from '../../engine/api/types.ts';
import type {Info} from '../builder.ts';
import {pathOf} from '../client.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stderr, stdout} from '../effects.ts';
import {Failure, usageError} from '../failure.ts';
import type {ApiRequest, ApiResponse, Effects} from '../types.ts';
import {attachablePod, containerNames, defaultContainer, podOrWorkload} from '../workload-pods.ts';
import {printLogs} from './logs.ts';

interface ExecAnswer {
  stdout?: string;
  stderr?: string;
  exitCode?: number;
}

/** The pod and container that are meant. Throws Failure. */
function* targetOf(context: Context, word: string, passed = false): Effects<{place: Info; container: string}> {
  const podKind = yield* context.kind('pods');
  const info = yield* podOrWorkload(context, word);
  const {pod} = yield* attachablePod(context, info, podKind);
  const place: Info = {
    kind: podKind,
    version: podKind.version,
    namespace: pod.metadata.namespace ?? info.namespace,
    name: pod.metadata.name ?? '',
    object: pod,
  };
  if (isPodTerminal(pod)) throw new Failure(`cannot exec into a container in a completed pod; current phase is ${pod.status?.phase}`);
  const wanted = context.flags.string('container');
  // What exec is asked for goes to the server as it is; attach looks first.
  if (wanted && !passed && !containerNames(pod as Pod).includes(wanted))
    throw new Failure(`container ${wanted} not found in pod ${place.name}`);
  const chosen = wanted ? {name: wanted} : defaultContainer(pod as Pod);
  if ('notice' in chosen && chosen.notice && !context.flags.bool('quiet')) yield* stderr(chosen.notice);
  return {place, container: chosen.name};
}

/** Throws where the connection was not upgraded. */
function refusal({code, body}: ApiResponse): void {
  if (code < 400) return;
  if (code === 404 && typeof body === 'string') throw new Failure(`unable to upgrade connection: ${body.trim()}`);
  const status = body as ApiError['status'];
  // What the kubelet refused comes through the stream, so it is no error of the server's.
  if (status.message?.startsWith('Internal error occurred: ')) throw new Failure(status.message);
  throw new ApiError(status);
}

/** Runs a command in the container; its output is ours, and its exit code too. */
function* execute(context: Context, place: Info, container: string, command: readonly string[]): Effects<number> {
  const {flags} = context;
  const response = yield* context.client.raw('POST', pathOf({...place, subresource: 'exec'}), {
    query: {
      command,
      container,
      stdin: flags.bool('stdin') ? 'true' : undefined,
      stdout: 'true',
      stderr: flags.bool('tty') ? undefined : 'true',
      tty: flags.bool('tty') ? 'true' : undefined,
    },
    ...(flags.bool('stdin') && context.env.stdin !== undefined && {body: context.env.stdin, contentType: 'text/plain'}),
  });
  refusal(response);
  const answer = typeof response.body === 'string' ? {stdout: response.body} : ((response.body ?? {}) as ExecAnswer);
  yield* stdout(answer.stdout ?? '');
  yield* stderr(answer.stderr ?? '');
  const code = answer.exitCode ?? 0;
  if (code !== 0) yield* stderr(`command terminated with exit code ${code}\n`);
  return code;
}

const STREAM_FLAGS = {
  container: {
    type: 'string',
    short: 'c',
    usage:
      'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen',
  },
  'pod-running-timeout': {
    type: 'duration',
    value: '1m0s',
    usage: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
  },
  quiet: {type: 'bool', short: 'q', value: 'false', usage: 'Only print output from the remote session'},
  stdin: {type: 'bool', short: 'i', value: 'false', usage: 'Pass stdin to the container'},
  tty: {type: 'bool', short: 't', value: 'false', usage: 'Stdin is a TTY'},
} satisfies Command['flags'];

export const exec: Command = {
  name: 'exec',
  use: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  short: 'Execute a command in a container',
  flags: {...STREAM_FLAGS, filename: {type: 'list', short: 'f', usage: 'to use to exec into the resource'}},
  completes: 'pods',
  *run(context) {
    const {args, dash} = context;
    if (args.length === 0 || dash === 0) throw new Failure('pod, type/name or --filename must be specified');
    if (dash < 0 && args.length > 1)
      throw new Failure(
        "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
      );
    const command = args.slice(1);
    if (command.length === 0) throw new Failure('you must specify at least one command for the container');
    const {place, container} = yield* targetOf(context, args[0]!, true);
    return yield* execute(context, place, container, command);
  },
};

export const attach: Command = {
  name: 'attach',
  use: 'attach (POD | TYPE/NAME) -c CONTAINER',
  short: 'Attach to a running container',
  flags: STREAM_FLAGS,
  completes: 'pods',
  *run(context) {
    if (context.args.length === 0) throw new Failure('at least 1 argument is required for attach');
    const {place, container} = yield* targetOf(context, context.args[0]!);
    const response = yield* context.client.raw('POST', pathOf({...place, subresource: 'attach'}), {
      query: {container, stdin: context.flags.bool('stdin') ? 'true' : undefined, stdout: 'true', stderr: 'true'},
    });
    refusal(response);
    if (!context.flags.bool('quiet')) yield* stderr(ATTACHED_NOTICE);
    // What a stream would bring from here on is read off the container's log.
    yield* printLogs(context, [{pod: place, query: {container, tailLines: '0'}}], true);
  },
};

/** upstream: attach.go, where nothing is asked and nothing answers. */
const ATTACHED_NOTICE =
  "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n";

/** `8080:80`, `80`, `:80`. Throws Failure. */
function portPair(text: string): {local: number; remote: number} {
  const [first = '', second] = text.split(':');
  const remote = Number(second ?? first);
  const local = first === '' ? 0 : Number(first);
  if (!Number.isInteger(remote) || remote < 1 || remote > 65535)
    throw new Failure(`error parsing remote port '${second ?? first}': invalid port format '${text}'`);
  if (!Number.isInteger(local) || local < 0 || local > 65535)
    throw new Failure(`error parsing local port '${first}': invalid port format '${text}'`);
  return {local, remote};
}

/** The pod's own port behind a Service's. Throws Failure. upstream: translateServicePortToTargetPort */
function targetPort({metadata, spec}: Service, pod: Pod, port: number): number {
  const found = spec?.ports?.find(p => p.port === port);
  if (!found) throw new Failure(`Service ${metadata.name} does not have a service port ${port}`);
  const target = found.targetPort ?? found.port;
  if (spec?.clusterIP === 'None') return port;
  if (typeof target === 'number') return target || port;
  const named = pod.spec?.containers.flatMap(c => c.ports ?? []).find(p => p.name === target)?.containerPort;
  if (named === undefined) throw new Failure(`Pod '${pod.metadata.name}' does not have a named port '${target}'`);
  return named;
}

/**
 * Where the real command stays until Ctrl-C, the shell keeps the port: what is sent to it from now on goes through the API server. Throws Failure where the port is
 * taken.
 */
function listen({env, config}: Context, port: number, {remote, path}: {remote: number; path: string}): void {
  const cache = env.cache ?? {};
  if (cache.forwards?.[port])
    throw new Failure(
      `unable to listen on port ${port}: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:${port}: bind: address already in use]`,
    );
  const {server, credentials, trusts} = config;
  const headers = {accept: 'application/json', 'content-type': 'application/json'};
  const request = {method: 'POST', server, path, query: {ports: String(remote)}, headers, credentials, trusts} satisfies ApiRequest;
  cache.forwards = {...cache.forwards, [port]: {remote, request}};
}

export const portForward: Command = {
  name: 'port-forward',
  use: 'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  short: 'Forward one or more local ports to a pod',
  flags: {
    address: {
      type: 'list',
      value: 'localhost',
      usage: 'Addresses to listen on (comma separated). Only accepts IP addresses or localhost as a value.',
    },
    'pod-running-timeout': STREAM_FLAGS['pod-running-timeout'],
  },
  completes: 'pods',
  *run(context) {
    const {args} = context;
    if (args.length < 2) throw usageError(context.path, 'TYPE/NAME and list of ports are required for port-forward');
    const podKind = yield* context.kind('pods');
    const info = yield* podOrWorkload(context, args[0]!);
    const {pod} = yield* attachablePod(context, info, podKind);
    const pairs = args.slice(1).map(portPair);
    if (pod.status?.phase !== 'Running')
      throw new Failure(`unable to forward port because pod is not running. Current status=${pod.status?.phase ?? ''}`);
    const place: Info = {
      kind: podKind,
      version: podKind.version,
      namespace: pod.metadata.namespace ?? info.namespace,
      name: pod.metadata.name ?? '',
    };
    const path = pathOf({...place, subresource: 'portforward'});
    for (const {local, remote} of pairs) {
      const port = local || remote;
      const target = info.kind.resource === 'services' ? targetPort(info.object as Service, pod, remote) : remote;
      refusal(yield* context.client.raw('POST', path, {query: {ports: String(target)}}));
      listen(context, port, {remote: target, path});
      yield* stdout(`Forwarding from 127.0.0.1:${port} -> ${target}\nForwarding from [::1]:${port} -> ${target}\n`);
    }
  },
};
