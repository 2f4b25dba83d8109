/** `set image`, `set env`, `set resources`, `set selector`, `set serviceaccount`, `set subject`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/set */
import {parseSelector, printSelector} from '../../engine/api/labels.ts';
import type {core, KubeObject, rbac, Service} from '../../engine/api/types.ts';
import {decode} from '../../engine/apiserver/decoding/decode.ts';
import {FILE_FLAGS, type Info, mustLookUp, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stdout} from '../effects.ts';
import {Failure, joinErrors} from '../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, OUTPUT_FLAGS, printDone} from '../output.ts';
import {changePatch, patchTypeFor} from '../patch/client-patch.ts';
import type {Effects} from '../types.ts';
import {resourceList} from './create/policy.ts';
import {FIELD_MANAGER_FLAG} from './write-flags.ts';

interface Templated {
  spec?: {template?: {spec?: core.PodSpec}; jobTemplate?: {spec?: {template?: {spec?: core.PodSpec}}}} & core.PodSpec;
}

/** The pod spec within an object; undefined for kinds that have none. */
function podSpecOf(object: KubeObject): core.PodSpec | undefined {
  const {spec} = object as Templated;
  return object.kind === 'Pod' ? spec : (spec?.template?.spec ?? spec?.jobTemplate?.spec?.template?.spec);
}

/** Resources and `key=value` changes apart. */
const split = (args: readonly string[]): {resources: string[]; changes: string[]} => ({
  resources: args.filter(arg => !arg.includes('=') && !/^[A-Za-z_][\w.]*-$/.test(arg)),
  changes: args.filter(arg => arg.includes('=') || /^[A-Za-z_][\w.]*-$/.test(arg)),
});

/** Changes every object's pod spec and sends the differences. */
const update = (
  context: Context,
  infos: readonly Info[],
  done: string,
  change: (podSpec: core.PodSpec, info: Info) => void,
): Effects<void> =>
  updateObjects(context, infos, done, (copy, info) => {
    const podSpec = podSpecOf(copy);
    if (!podSpec) throw new Failure(`the object is not a pod or does not have a pod template: ${info.kind.kind}`);
    change(podSpec, info);
  });

/** Changes a copy of every object and sends the differences. */
function* updateObjects(
  context: Context,
  infos: readonly Info[],
  done: string,
  change: (copy: KubeObject, info: Info) => void,
): Effects<void> {
  const errors: unknown[] = [];
  for (const info of infos) {
    try {
      const copy = JSON.parse(JSON.stringify(info.object)) as KubeObject;
      change(copy, info);
      const patch = changePatch(info.kind, info.object!, copy);
      if (Object.keys(patch).length === 0) continue;
      if (context.flags.bool('local') || dryRunOf(context) === 'client') {
        yield* printDone(context, {...info, object: copy}, done);
        continue;
      }
      const object = yield* context.client.patch<KubeObject>({...info}, patchTypeFor(info.kind), patch, {
        query: {fieldManager: context.flags.string('field-manager'), dryRun: dryRunOf(context) === 'server' ? 'All' : undefined},
      });
      yield* printDone(context, {...info, object}, done);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw joinErrors(errors);
}

/** Who asks no server reads a file as its kind, and so writes down what a structure of Go's always has. */
function typed(info: Info): Info {
  const {object} = decode(info.object, info.kind, {version: info.version, validation: 'Ignore'});
  return {...info, object};
}

function* find(context: Context, resources: readonly string[]): Effects<Info[]> {
  const infos = yield* mustLookUp(context, resources, {selector: context.flags.string('selector'), all: context.flags.bool('all')});
  return context.flags.bool('local') ? infos.map(typed) : infos;
}

const SET_FLAGS = {
  ...FILE_FLAGS,
  ...SELECTOR_FLAG,
  ...OUTPUT_FLAGS,
  ...DRY_RUN_FLAG,
  ...FIELD_MANAGER_FLAG('kubectl-set'),
  all: {type: 'bool', value: 'false', usage: 'If true, select all resources in the namespace of the specified resource types'},
  local: {type: 'bool', value: 'false', usage: 'If true, set will NOT contact api-server but run locally.'},
} satisfies Command['flags'];

const image: Command = {
  name: 'image',
  use: 'set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Update the image of a pod template',
  flags: SET_FLAGS,
  completes: 'resources',
  *run(context) {
    const {resources, changes} = split(context.args);
    const infos = yield* find(context, resources);
    if (changes.length === 0) throw new Failure('at least one image update is required');
    const images = changes.map((text): [string, string] => {
      const [name = '', ...rest] = text.split('=');
      return [name, rest.join('=')];
    });
    yield* update(context, infos, 'image updated', podSpec => {
      for (const [name, wanted] of images) {
        const all = [...(podSpec.initContainers ?? []), ...podSpec.containers];
        const matching = name === '*' ? all : all.filter(c => c.name === name);
        if (matching.length === 0) throw new Failure(`unable to find container named "${name}"`);
        for (const container of matching) container.image = wanted;
      }
    });
  },
};

const selected = (podSpec: core.PodSpec, pattern: string): core.Container[] => {
  const test = new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  return [...(podSpec.initContainers ?? []), ...podSpec.containers].filter(c => test.test(c.name));
};

const CONTAINERS_FLAG = {
  containers: {
    type: 'string',
    short: 'c',
    value: '*',
    usage: 'The names of containers in the selected pod templates to change - may use wildcards',
  },
} satisfies Command['flags'];

const env: Command = {
  name: 'env',
  use: 'set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Update environment variables on a pod template',
  flags: {
    ...SET_FLAGS,
    ...CONTAINERS_FLAG,
    env: {type: 'array', short: 'e', usage: 'Specify a key-value pair for an environment variable to set into each container.'},
    from: {type: 'string', usage: 'The name of a resource from which to inject environment variables'},
    keys: {type: 'list', usage: 'Comma-separated list of keys to import from specified resource'},
    list: {
      type: 'bool',
      value: 'false',
      usage:
        'If true, display the environment and any changes in the standard format. this flag will removed when we have kubectl view env.',
    },
    overwrite: {
      type: 'bool',
      value: 'true',
      usage: 'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.',
    },
    prefix: {type: 'string', usage: 'Prefix to append to variable names'},
    resolve: {type: 'bool', value: 'false', usage: 'If true, show secret or configmap references when listing variables'},
  },
  completes: 'resources',
  *run(context) {
    const {flags} = context;
    const {resources, changes} = split(context.args);
    if (resources.length === 0 && flags.list('filename').length === 0)
      throw new Failure('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    const infos = yield* find(context, resources);
    const wanted = [...changes, ...flags.list('env')];
    if (flags.bool('list')) {
      for (const info of infos) {
        const podSpec = podSpecOf(info.object!);
        for (const container of podSpec ? selected(podSpec, flags.string('containers')) : []) {
          yield* stdout(`# ${info.kind.kind} ${info.name}, container ${container.name}\n`);
          yield* stdout(
            (container.env ?? [])
              .map(e => (e.valueFrom ? `# ${e.name} from ${Object.keys(e.valueFrom)[0]}\n` : `${e.name}=${e.value ?? ''}\n`))
              .join(''),
          );
        }
      }
      return;
    }
    const imported: core.EnvVar[] = [];
    if (flags.string('from')) {
      for (const source of yield* mustLookUp(context, [flags.string('from')])) {
        const keys = Object.keys((source.object as core.ConfigMap).data ?? {}).sort();
        const reference = source.kind.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef';
        for (const key of flags.list('keys').length > 0 ? flags.list('keys') : keys)
          imported.push({
            name: `${flags.string('prefix')}${key.toUpperCase().replace(/[-.]/g, '_')}`,
            valueFrom: {[reference]: {name: source.name, key}},
          });
      }
    }
    if (wanted.length === 0 && imported.length === 0) return;
    yield* update(context, infos, 'env updated', podSpec => {
      for (const container of selected(podSpec, flags.string('containers'))) {
        let variables = container.env ?? [];
        for (const text of wanted) {
          const equals = text.indexOf('=');
          const name = equals < 0 ? text.slice(0, -1) : text.slice(0, equals);
          const next: core.EnvVar = {name, value: text.slice(equals + 1)};
          const there = variables.some(v => v.name === name);
          if (equals < 0) variables = variables.filter(v => v.name !== name);
          else variables = there ? variables.map(v => (v.name === name ? next : v)) : [...variables, next];
        }
        for (const next of imported) variables = [...variables.filter(v => v.name !== next.name), next];
        if (variables.length > 0) container.env = variables;
        else delete container.env;
      }
    });
  },
};

const resources: Command = {
  name: 'resources',
  use: 'set resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  short: 'Update resource requests/limits on objects with pod templates',
  flags: {
    ...SET_FLAGS,
    ...CONTAINERS_FLAG,
    limits: {type: 'string', usage: "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'."},
    requests: {type: 'string', usage: "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'."},
  },
  completes: 'resources',
  *run(context) {
    const {flags, args} = context;
    const [limits, requests] = [resourceList(flags.string('limits')), resourceList(flags.string('requests'))];
    if (Object.keys(limits).length + Object.keys(requests).length === 0)
      throw new Failure('you must specify an update to requests or limits (in the form of --requests/--limits)');
    yield* update(context, yield* find(context, args), 'resource requirements updated', podSpec => {
      const containers = selected(podSpec, flags.string('containers'));
      if (containers.length === 0) throw new Failure(`unable to find container named ${flags.string('containers')}`);
      for (const container of containers)
        container.resources = {
          ...container.resources,
          ...(Object.keys(limits).length > 0 && {limits: {...container.resources?.limits, ...limits}}),
          ...(Object.keys(requests).length > 0 && {requests: {...container.resources?.requests, ...requests}}),
        };
    });
  },
};

const selector: Command = {
  name: 'selector',
  use: 'set selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  short: 'Set the selector on a resource',
  flags: {
    ...SET_FLAGS,
    'resource-version': {
      type: 'string',
      usage:
        'If non-empty, the selectors update will only succeed if this is the current resource-version for the object. Only valid when specifying a single resource.',
    },
  },
  completes: 'resources',
  *run(context) {
    if (context.args.length === 0) throw new Failure('a selector is required');
    const [resources, text] = [context.args.slice(0, -1), context.args.at(-1)!];
    const version = context.flags.string('resource-version');
    yield* updateObjects(context, yield* find(context, resources), 'selector updated', copy => {
      if (copy.kind !== 'Service') throw new Failure('setting a selector is only supported for Services');
      const wanted = parseSelector(text).requirements;
      const other = wanted.filter(({operator}) => operator !== '=' && operator !== '==');
      if (other.length > 0)
        throw new Failure(`match expression ${printSelector({nothing: false, requirements: other})} not supported on this object`);
      const matchLabels = Object.fromEntries(wanted.map(({key, values}) => [key, values[0]!]));
      // A patch keeps the keys of before: what is not named any more is set to null by the difference.
      (copy as Service).spec = {...(copy as Service).spec, selector: matchLabels};
      if (version) copy.metadata = {...copy.metadata, resourceVersion: version};
    });
  },
};

const serviceaccount: Command = {
  name: 'serviceaccount',
  aliases: ['sa'],
  use: 'set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  short: 'Update the service account of a resource',
  flags: SET_FLAGS,
  completes: 'resources',
  *run(context) {
    if (context.args.length === 0) throw new Failure('serviceaccount is required');
    const name = context.args.at(-1)!;
    yield* update(context, yield* find(context, context.args.slice(0, -1)), 'serviceaccount updated', podSpec => {
      podSpec.serviceAccountName = name;
    });
  },
};

/** The accounts are in the context's namespace where they name none. upstream: set_subject.go */
function subjectsOf(context: Context): rbac.Subject[] {
  const {flags} = context;
  const sorted = (name: string): string[] => [...new Set(flags.list(name))].sort();
  const named = (kind: string, name: string): rbac.Subject => ({kind, apiGroup: 'rbac.authorization.k8s.io', name});
  return [
    ...sorted('user').map(name => named('User', name)),
    ...sorted('group').map(name => named('Group', name)),
    ...sorted('serviceaccount').map(account => {
      const [namespace, name] = account.split(':') as [string, string];
      return {kind: 'ServiceAccount', namespace: namespace || context.config.namespace, name};
    }),
  ];
}

const SUBJECT_KINDS: readonly string[] = ['RoleBinding', 'ClusterRoleBinding'];

const sameSubject = (one: rbac.Subject, other: rbac.Subject): boolean =>
  one.kind === other.kind &&
  one.name === other.name &&
  (one.apiGroup ?? '') === (other.apiGroup ?? '') &&
  (one.namespace ?? '') === (other.namespace ?? '');

const subject: Command = {
  name: 'subject',
  use: 'set subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run]',
  short: 'Update the user, group, or service account in a role binding or cluster role binding',
  flags: {
    ...SET_FLAGS,
    group: {type: 'array', usage: 'Groups to bind to the role'},
    serviceaccount: {type: 'array', usage: 'Service accounts to bind to the role'},
    user: {type: 'array', usage: 'Usernames to bind to the role'},
  },
  completes: 'resources',
  *run(context) {
    const {flags, args} = context;
    const infos = yield* find(context, args);
    if (flags.bool('all') && flags.string('selector')) throw new Failure('cannot set --all and --selector at the same time');
    if (['user', 'group', 'serviceaccount'].every(name => flags.list(name).length === 0))
      throw new Failure('you must specify at least one value of user, group or serviceaccount');
    for (const account of flags.list('serviceaccount')) {
      const [namespace, name, ...more] = account.split(':');
      if (!name || more.length > 0) throw new Failure('serviceaccount must be <namespace>:<name>');
      if (!namespace && infos.some(info => info.kind.kind === 'ClusterRoleBinding'))
        throw new Failure('serviceaccount must be <namespace>:<name>, namespace must be specified');
    }
    const wanted = subjectsOf(context);
    yield* updateObjects(context, infos, 'subjects updated', (copy, info) => {
      if (!SUBJECT_KINDS.includes(copy.kind))
        throw new Failure(`${info.kind.resource}/${info.name} setting subjects is only supported for RoleBinding/ClusterRoleBinding`);
      const binding = copy as KubeObject & Pick<rbac.RoleBinding, 'subjects'>;
      const there = binding.subjects ?? [];
      binding.subjects = [...there, ...wanted.filter(each => !there.some(other => sameSubject(each, other)))];
    });
  },
};

export const set: Command = {
  name: 'set',
  use: 'set SUBCOMMAND',
  short: 'Set specific features on objects',
  subcommands: [env, image, resources, selector, serviceaccount, subject],
};
