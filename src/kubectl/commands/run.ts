/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/run/run.go */

import {parseImageName} from '../../engine/api/image-name.ts';
import {isPodTerminal} from '../../engine/api/pods.ts';
import type {KubeObject, Pod} from '../../engine/api/types.ts';
import {FILE_FLAGS, type Info} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stderr, stdout} from '../effects.ts';
import {Failure, usageError} from '../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, dryRunQuery, OUTPUT_FLAGS, printDone} from '../output.ts';
import {withLastApplied} from '../patch/last-applied.ts';
import type {Effects} from '../types.ts';
import {poll, untilDeleted} from '../watch.ts';
import {DELETE_FLAGS, graceOf, propagationOf} from './delete.ts';
import {printLogs} from './logs.ts';
import {FIELD_MANAGER_FLAG, OVERRIDE_FLAGS, overridden, SAVE_CONFIG_FLAG} from './write-flags.ts';

/** `a=b,c=d` as labels. Throws Failure. */
export function parseLabels(text: string): Record<string, string> {
  if (!text) return {};
  return Object.fromEntries(
    text.split(',').map(pair => {
      const [key = '', value, more] = pair.split('=');
      if (value === undefined || more !== undefined) throw new Failure(`unexpected label spec: ${pair}`);
      return [key, value];
    }),
  );
}

const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

/** `NAME=value` as a container's variables. Throws Failure. */
export const parseEnv = (pairs: readonly string[]): {name: string; value: string}[] =>
  pairs.map(pair => {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(equals, 0));
    if (!ENV_NAME.test(name)) throw new Failure(`invalid env: ${pair}`);
    return {name, value: pair.slice(equals + 1)};
  });

function podOf(context: Context, name: string): KubeObject {
  const {flags, args} = context;
  const extra = args.slice(1);
  const restartPolicy = flags.string('restart');
  if (!['Always', 'OnFailure', 'Never'].includes(restartPolicy))
    throw new Failure(`invalid restart policy: ${restartPolicy}\nSee 'kubectl run -h' for help and examples`);
  const labels = flags.string('labels') ? parseLabels(flags.string('labels')) : {run: name};
  const env = parseEnv(flags.list('env'));
  const port = flags.string('port');
  const annotations = Object.fromEntries(flags.list('annotations').map(pair => pair.split(/=(.*)/s).slice(0, 2)));
  const container = {
    ...(extra.length > 0 && (flags.bool('command') ? {command: extra} : {args: extra})),
    ...(env.length > 0 && {env}),
    image: flags.string('image'),
    ...(flags.string('image-pull-policy') && {imagePullPolicy: flags.string('image-pull-policy')}),
    name,
    ...(port && {ports: [{containerPort: Number(port)}]}),
    resources: {},
    ...(flags.bool('privileged') && {securityContext: {privileged: true}}),
    ...(flags.bool('stdin') && {stdin: true, stdinOnce: !flags.bool('leave-stdin-open')}),
    ...(flags.bool('tty') && {tty: true}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, labels, ...(Object.keys(annotations).length > 0 && {annotations})},
    spec: {containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy},
    status: {},
  };
}

/** Throws Failure where the text cannot name an image. */
function checkImage(image: string): void {
  try {
    parseImageName(image);
  } catch {
    throw new Failure(`Invalid image name "${image}": invalid reference format`);
  }
}

function* exposed(context: Context, pod: KubeObject): Effects<void> {
  const kind = yield* context.kind('services');
  const port = Number(context.flags.string('port'));
  const name = pod.metadata.name!;
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name, ...(kind.namespaced && {namespace: context.config.namespace})},
    spec: {ports: [{port, protocol: 'TCP', targetPort: port}], selector: pod.metadata.labels},
    status: {loadBalancer: {}},
  };
  const info: Info = {kind, version: kind.version, namespace: context.config.namespace, name, object};
  if (dryRunOf(context) === 'client') {
    yield* printDone(context, info, 'created');
    return;
  }
  const {name: _, ...place} = info;
  const created = yield* context.client.create<KubeObject>(place, object, {query: {fieldManager: 'kubectl-run'}});
  yield* printDone(context, {...info, object: created}, 'created');
}

/** `-i`: waits until the container has ended (or runs), shows what it said, and with --rm removes the pod. */
function* attached(context: Context, info: Info): Effects<number> {
  yield* stderr("If you don't see a command prompt, try pressing enter.\n");
  const pod = yield* poll(
    context,
    function* () {
      const now = yield* context.client.get<Pod>({...info});
      return isPodTerminal(now) || (now.status?.phase === 'Running' && !context.flags.bool('rm')) ? now : undefined;
    },
    context.flags.duration('pod-running-timeout') || 60_000,
  );
  if (!pod) throw new Failure('timed out waiting for the condition');
  yield* printLogs(context, [{pod: info}]);
  if (context.flags.bool('rm')) {
    const grace = graceOf(context);
    yield* context.client.remove(
      {...info},
      {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        propagationPolicy: propagationOf(context),
        ...(grace >= 0 && {gracePeriodSeconds: grace}),
      },
    );
    yield* untilDeleted(context, {...info}, undefined, context.flags.duration('timeout') || -1);
    yield* stdout(`pod "${info.name}" deleted from ${info.namespace} namespace\n`);
  }
  if (pod.status?.phase !== 'Failed') return 0;
  const {exitCode, reason = '', message = ''} = pod.status.containerStatuses?.[0]?.state?.terminated ?? {};
  if (!exitCode) throw new Failure(`pod ${info.namespace}/${info.name} failed with unknown exit code`);
  yield* stderr(`pod ${info.namespace}/${info.name} terminated (${reason})\n${message}`);
  return exitCode;
}

export const run: Command = {
  name: 'run',
  use: 'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  short: 'Run a particular image on the cluster',
  flags: {
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...SAVE_CONFIG_FLAG,
    ...FIELD_MANAGER_FLAG('kubectl-run'),
    ...FILE_FLAGS,
    ...DELETE_FLAGS,
    wait: {...DELETE_FLAGS.wait, value: 'false'},
    annotations: {type: 'array', usage: 'Annotations to apply to the pod.'},
    attach: {
      type: 'bool',
      value: 'false',
      usage: "If true, wait for the Pod to start running, and then attach to the Pod as if 'kubectl attach ...' were called.",
    },
    command: {
      type: 'bool',
      value: 'false',
      usage:
        "If true and extra arguments are present, use them as the 'command' field in the container, rather than the 'args' field which is the default.",
    },
    env: {type: 'array', usage: 'Environment variables to set in the container.'},
    expose: {type: 'bool', value: 'false', usage: 'If true, create a ClusterIP service associated with the pod.  Requires `--port`.'},
    image: {type: 'string', usage: 'The image for the container to run.', required: true},
    'image-pull-policy': {
      type: 'string',
      usage:
        'The image pull policy for the container.  If left empty, this value will not be specified by the client and defaulted by the server.',
    },
    labels: {type: 'string', short: 'l', usage: 'Comma separated labels to apply to the pod. Will override previous values.'},
    'leave-stdin-open': {
      type: 'bool',
      value: 'false',
      usage: 'If the pod is started in interactive mode or with stdin, leave stdin open after the first attach completes.',
    },
    ...OVERRIDE_FLAGS,
    'pod-running-timeout': {
      type: 'duration',
      value: '1m0s',
      usage: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
    port: {type: 'string', usage: 'The port that this container exposes.'},
    privileged: {type: 'bool', value: 'false', usage: 'If true, run the container in privileged mode.'},
    quiet: {type: 'bool', short: 'q', value: 'false', usage: 'If true, suppress prompt messages.'},
    restart: {type: 'string', value: 'Always', usage: 'The restart policy for this Pod.  Legal values [Always, OnFailure, Never].'},
    rm: {
      type: 'bool',
      value: 'false',
      usage:
        "If true, delete the pod after it exits.  Only valid when attaching to the container, e.g. with '--attach' or with '-i/--stdin'.",
    },
    stdin: {type: 'bool', short: 'i', value: 'false', usage: 'Keep stdin open on the container in the pod, even if nothing is attached.'},
    tty: {type: 'bool', short: 't', value: 'false', usage: 'Allocate a TTY for the container in the pod.'},
  },
  *run(context) {
    const {args, flags} = context;
    const [name] = args;
    if (!name || (context.dash === 0 && args.length > 0)) throw usageError(context.path, 'NAME is required for run');
    const image = flags.string('image');
    if (!image) throw new Failure('--image is required');
    checkImage(image);
    const interactive = flags.bool('stdin') || flags.bool('attach');
    if (flags.bool('tty') && !flags.bool('stdin'))
      throw usageError(context.path, '-i/--stdin is required for containers with -t/--tty=true');
    if (flags.bool('rm') && !interactive) throw usageError(context.path, '--rm should only be used for attached containers');
    propagationOf(context);
    if (flags.bool('expose') && !flags.string('port')) throw usageError(context.path, '--port must be set when exposing a service');
    const kind = yield* context.kind('pods');
    const built = overridden(context, kind, podOf(context, name));
    const namespace = built.metadata.namespace ?? context.config.namespace;
    const wanted = flags.bool('save-config') ? withLastApplied(built) : built;
    const info: Info = {kind, version: kind.version, namespace, name: built.metadata.name ?? name, object: wanted};
    if (dryRunOf(context) === 'client') {
      if (flags.bool('expose')) yield* exposed(context, wanted);
      yield* printDone(context, info, 'created');
      return;
    }
    const {name: _, ...place} = info;
    const object = yield* context.client.create<KubeObject>(
      place,
      {...wanted, metadata: {...wanted.metadata, namespace}},
      {
        query: {dryRun: dryRunQuery(context), fieldManager: flags.string('field-manager')},
      },
    );
    if (flags.bool('expose')) yield* exposed(context, object);
    if (interactive && dryRunOf(context) === 'none') return yield* attached(context, {...info, object});
    yield* printDone(context, {...info, object}, 'created');
  },
};
