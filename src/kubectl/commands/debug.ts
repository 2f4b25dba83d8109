/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/debug/debug.go */

import {parseImageName} from '../../engine/api/image-name.ts';
import {randomSuffix} from '../../engine/api/names.ts';
import {containerStatusOf} from '../../engine/api/pods.ts';
import {ApiError, type Container, type Pod} from '../../engine/api/types.ts';
import {hashText} from '../../engine/machine/hash.ts';
import {nextRandom, seedRandom} from '../../engine/machine/random.ts';
import {type Info, lookUp} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stderr, stdout} from '../effects.ts';
import {Failure, joinErrors} from '../failure.ts';
import {parseYamlDocument} from '../manifest.ts';
import {changePatch} from '../patch/client-patch.ts';
import type {Effects} from '../types.ts';
import {poll} from '../watch.ts';
import {copyOf, type Debugging, type DebugOptions, freeName, losesCapabilities, nodePod, withEphemeralContainer} from './debug/pods.ts';
import {profileOf} from './debug/profiles.ts';
import {printLogs} from './logs.ts';
import {parseEnv} from './run.ts';

const LEGACY_NOTICE =
  '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n';
const NON_ROOT_WARNING =
  'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n';

const NOT_CUSTOM = ['name', 'command', 'image', 'lifecycle', 'volumeDevices'] as const;

/** The partial container of --custom. Throws Failure. */
function customOf({env}: Context, file: string): Partial<Container> | undefined {
  if (!file) return undefined;
  const text = env.files.read(file);
  if (text === undefined)
    throw new Failure(`must pass a container spec json file for custom profile: open ${file}: no such file or directory`);
  const custom = parseYamlDocument(text, file) as Partial<Container>;
  if (NOT_CUSTOM.some(field => custom[field] !== undefined))
    throw new Failure('name, command, image, lifecycle and volume devices are not modifiable via custom profile');
  return custom;
}

function checkImage(image: string, container?: string): void {
  try {
    parseImageName(image);
  } catch {
    throw new Failure(`invalid image name "${image}"${container ? ` for container "${container}"` : ''}: invalid reference format`);
  }
}

/** What the command line asks for. Throws Failure. */
function optionsOf(context: Context): DebugOptions {
  const {flags, args, dash} = context;
  const keep = (part: string): boolean => flags.bool(`keep-${part}`);
  profileOf(flags.string('profile'));
  return {
    container: flags.string('container'),
    image: flags.string('image'),
    pullPolicy: flags.string('image-pull-policy'),
    args: dash >= 0 ? args.slice(dash) : [],
    argsOnly: flags.bool('arguments-only'),
    env: parseEnv(flags.list('env')),
    stdin: flags.bool('stdin'),
    tty: flags.bool('tty'),
    target: flags.string('target'),
    profile: flags.string('profile'),
    custom: customOf(context, flags.string('custom')),
    kept: {
      labels: keep('labels'),
      annotations: keep('annotations'),
      liveness: keep('liveness'),
      readiness: keep('readiness'),
      startup: keep('startup'),
      initContainers: keep('init-containers'),
    },
    copyTo: flags.string('copy-to'),
    sameNode: flags.bool('same-node'),
    shareProcesses: flags.changed('share-processes') ? flags.bool('share-processes') : undefined,
    setImages: Object.fromEntries(flags.list('set-image').map(pair => pair.split(/=(.*)/s).slice(0, 2))) as Record<string, string>,
  };
}

/** In the order in which the real one complains. Throws Failure. */
function* validate({flags}: Context, options: DebugOptions, names: readonly string[]): Effects<void> {
  const {image, copyTo, args, container, setImages, pullPolicy, target} = options;
  const sets = Object.entries(setImages);
  if (flags.bool('attach') && flags.changed('attach') && !image && !container)
    throw new Failure('you must specify --container or create a new container using --image in order to attach.');
  if (copyTo) {
    if (!image && sets.length === 0 && args.length === 0) throw new Failure('you must specify --image, --set-image or command arguments.');
    if (args.length > 0 && !container && !image)
      throw new Failure('you must specify an existing container or a new image when specifying args.');
  } else {
    if (flags.bool('replace')) throw new Failure('--replace may only be used with --copy-to.');
    if (options.sameNode) throw new Failure('--same-node may only be used with --copy-to.');
    if (sets.length > 0) throw new Failure('--set-image may only be used with --copy-to.');
    if (!image) throw new Failure('you must specify --image when not using --copy-to.');
  }
  if (image) checkImage(image);
  if (names.length === 0 && flags.list('filename').length === 0) throw new Failure('NAME or filename is required for debug');
  if (!['Always', 'IfNotPresent', 'Never', ''].includes(pullPolicy)) throw new Failure(`invalid image pull policy: ${pullPolicy}`);
  for (const [name, wanted] of sets) checkImage(wanted, name);
  if (target && copyTo) throw new Failure('--target is incompatible with --copy-to. Use --share-processes instead.');
  if (target && !flags.bool('quiet'))
    yield* stdout(
      `Targeting container "${target}". If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  if (options.tty && !options.stdin) throw new Failure('-i/--stdin is required for containers with -t/--tty=true');
  if (options.profile === 'legacy') yield* stderr(LEGACY_NOTICE);
}

/** Random names that come again when the same is asked of the same object at the same time. */
function suffixesFor(context: Context, {namespace, name, object}: Info): () => string {
  let state = seedRandom(
    Number.parseInt(hashText(`${namespace}/${name}/${object?.metadata.resourceVersion}/${context.now()}`).slice(0, 8), 16),
  );
  return () =>
    randomSuffix(() => {
      const [value, next] = nextRandom(state);
      state = next;
      return value;
    });
}

function* debugPod(context: Context, info: Info, options: DebugOptions): Effects<Debugging> {
  const pod = info.object as Pod;
  const {flags, client} = context;
  const suffix = suffixesFor(context, info);
  const name = options.container || freeName(pod, suffix);
  const named = !options.container && !flags.bool('quiet') ? `Defaulting debug container name to ${name}.\n` : '';

  if (options.copyTo) {
    const debugging = copyOf(pod, options, () => name);
    if (debugging.container === name) yield* stdout(named);
    if (losesCapabilities(debugging)) yield* stderr(NON_ROOT_WARNING);
    const {name: _, ...place} = info;
    const created = yield* client.create<Pod>(place, debugging.pod);
    if (flags.bool('replace')) yield* client.remove({...info}, {kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0});
    return {pod: created, container: debugging.container};
  }
  const debugging = withEphemeralContainer(pod, options, name);
  yield* stdout(named);
  if (losesCapabilities(debugging)) yield* stderr(NON_ROOT_WARNING);
  const changed = yield* client.patch<Pod>(
    {...info, subresource: 'ephemeralcontainers'},
    'strategic',
    changePatch(info.kind, pod, debugging.pod),
  );
  return {pod: changed, container: name};
}

function* debugNode(context: Context, {name: node, ...info}: Info & {name: string}, options: DebugOptions): Effects<Debugging> {
  const name = `node-debugger-${node}-${suffixesFor(context, {...info, name: node})()}`;
  const {pod, container} = nodePod(node, options, name);
  if (!context.flags.bool('quiet')) yield* stdout(`Creating debugging pod ${name} with container ${container} on node ${node}.\n`);
  const kind = yield* context.kind('pods');
  return {pod: yield* context.client.create<Pod>({kind, namespace: context.config.namespace}, pod), container};
}

/** Waits until the container runs or has ended, and shows what it has said: nothing is typed into it, so the session is over then. */
function* attach(context: Context, {pod, container}: Debugging): Effects<void> {
  const kind = yield* context.kind('pods');
  const place: Info = {kind, version: kind.version, namespace: pod.metadata.namespace!, name: pod.metadata.name!};
  const quiet = context.flags.bool('quiet');
  let said = '';
  const state = yield* poll(
    context,
    function* () {
      const {status} = yield* context.client.get<Pod>({...place});
      const now = containerStatusOf(status, container)?.state;
      const waiting = now?.waiting?.message;
      if (waiting && waiting !== said && !quiet) yield* stderr(`Warning: container ${container}: ${waiting}\n`);
      said = waiting ?? said;
      return now?.running || now?.terminated ? now : undefined;
    },
    -1,
  );
  if (state?.running && !quiet) yield* stderr("If you don't see a command prompt, try pressing enter.\n");
  yield* printLogs(context, [{pod: place, query: {container}}]);
  const ephemeral = pod.spec?.ephemeralContainers?.some(c => c.name === container);
  if (state?.running && ephemeral && !quiet)
    yield* stderr(
      `Session ended, the ephemeral container will not be restarted but may be reattached using 'kubectl attach ${place.name} -c ${container} -i -t' if it is still running\n`,
    );
}

export const debug: Command = {
  name: 'debug',
  use: 'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  short: 'Create debugging sessions for troubleshooting workloads and nodes',
  flags: {
    'arguments-only': {
      type: 'bool',
      value: 'false',
      usage: 'If specified, everything after -- will be passed to the new container as Args instead of Command.',
    },
    attach: {
      type: 'bool',
      value: 'false',
      usage:
        "If true, wait for the container to start running, and then attach as if 'kubectl attach ...' were called.  Default false, unless '-i/--stdin' is set, in which case the default is true.",
    },
    container: {type: 'string', short: 'c', usage: 'Container name to use for debug container.'},
    'copy-to': {type: 'string', usage: 'Create a copy of the target Pod with this name.'},
    custom: {
      type: 'string',
      usage: 'Path to a JSON or YAML file containing a partial container spec to customize built-in debug profiles.',
    },
    env: {type: 'list', usage: 'Environment variables to set in the container.'},
    filename: {type: 'list', short: 'f', usage: 'identifying the resource to debug'},
    image: {type: 'string', usage: 'Container image to use for debug container.'},
    'image-pull-policy': {
      type: 'string',
      usage:
        'The image pull policy for the container. If left empty, this value will not be specified by the client and defaulted by the server.',
    },
    'keep-annotations': {
      type: 'bool',
      value: 'false',
      usage: "If true, keep the original pod annotations.(This flag only works when used with '--copy-to')",
    },
    'keep-init-containers': {
      type: 'bool',
      value: 'true',
      usage: "Run the init containers for the pod. Defaults to true.(This flag only works when used with '--copy-to')",
    },
    'keep-labels': {
      type: 'bool',
      value: 'false',
      usage: "If true, keep the original pod labels.(This flag only works when used with '--copy-to')",
    },
    'keep-liveness': {
      type: 'bool',
      value: 'false',
      usage: "If true, keep the original pod liveness probes.(This flag only works when used with '--copy-to')",
    },
    'keep-readiness': {
      type: 'bool',
      value: 'false',
      usage: "If true, keep the original pod readiness probes.(This flag only works when used with '--copy-to')",
    },
    'keep-startup': {
      type: 'bool',
      value: 'false',
      usage: "If true, keep the original startup probes.(This flag only works when used with '--copy-to')",
    },
    profile: {
      type: 'string',
      value: 'legacy',
      usage: 'Options are "legacy", "general", "baseline", "netadmin", "restricted" or "sysadmin".',
    },
    quiet: {type: 'bool', short: 'q', value: 'false', usage: 'If true, suppress informational messages.'},
    replace: {type: 'bool', value: 'false', usage: "When used with '--copy-to', delete the original Pod."},
    'same-node': {
      type: 'bool',
      value: 'false',
      usage: "When used with '--copy-to', schedule the copy of target Pod on the same node.",
    },
    'set-image': {
      type: 'list',
      usage:
        "When used with '--copy-to', a list of name=image pairs for changing container images, similar to how 'kubectl set image' works.",
    },
    'share-processes': {
      type: 'bool',
      value: 'true',
      usage: "When used with '--copy-to', enable process namespace sharing in the copy.",
    },
    stdin: {
      type: 'bool',
      short: 'i',
      value: 'false',
      usage: 'Keep stdin open on the container(s) in the pod, even if nothing is attached.',
    },
    target: {type: 'string', usage: 'When using an ephemeral container, target processes in this container name.'},
    tty: {type: 'bool', short: 't', value: 'false', usage: 'Allocate a TTY for the debugging container.'},
  },
  completes: 'pods',
  *run(context) {
    const {flags, args, dash} = context;
    const names = dash >= 0 ? args.slice(0, dash) : args;
    const options = optionsOf(context);
    yield* validate(context, options, names);
    const attaches = flags.changed('attach') ? flags.bool('attach') : options.stdin;
    const words = names.length > 0 && !names.some(name => name.includes('/')) ? ['pods', ...names] : names;
    const {infos, errors} = yield* lookUp(context, words);
    for (const info of infos) {
      if (info.kind.resource !== 'pods' && info.kind.resource !== 'nodes')
        throw new Failure(
          `"${info.kind.group ? `${info.kind.group}/` : '/'}${info.version}, Kind=${info.kind.kind}" not supported by debug`,
        );
      try {
        const debugging = yield* info.kind.resource === 'pods' ? debugPod(context, info, options) : debugNode(context, info, options);
        if (attaches && debugging.container) yield* attach(context, debugging);
      } catch (error) {
        // A server without the subresource answers without a name, unlike one without the pod.
        if (error instanceof ApiError && error.reason === 'NotFound' && !error.status.details?.name)
          throw new Failure(`ephemeral containers are disabled for this cluster (error from server: "${error.message}")`);
        throw error;
      }
    }
    if (errors.length > 0) throw joinErrors(errors);
  },
};
