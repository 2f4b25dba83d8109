/** `set image`, `set resources`, `set selector`, `set serviceaccount`, `set subject`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/set */
import {parseSelector, type Requirement} from '../../engine/api/labels.ts';
import type {KubeObject, rbac, Service} from '../../engine/api/types.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {Failure} from '../failure.ts';
import {resourceList} from './create/policy.ts';
import {env} from './set/env.ts';
import {
  CONTAINERS_FLAG,
  find,
  infoName,
  LOCAL_RESOURCE,
  resourcesAndPairs,
  SET_FLAGS,
  selected,
  update,
  updateObjects,
  type Words,
} from './set/update.ts';

const image: Command = {
  name: 'image',
  use: 'set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Update the image of a pod template',
  flags: SET_FLAGS,
  completes: 'resources',
  *run(context) {
    const {resources, pairs, late} = resourcesAndPairs(context.args, arg => arg.indexOf('=') > 0 || (arg.endsWith('-') && arg !== '-'));
    if (late !== undefined) throw new Failure(`all resources must be specified before image changes: ${late}`);
    const infos = yield* find(context, resources, LOCAL_RESOURCE);
    if (pairs.length === 0) throw new Failure('at least one image update is required');
    const images = new Map(pairs.map((text): [string, string] => [text.split('=')[0]!, text.slice(text.indexOf('=') + 1)]));
    if (images.size > 1 && images.has('*'))
      throw new Failure('all containers are already specified by *, but saw more than one container_name=container_image pairs');
    yield* update(context, infos, {done: 'image updated', refused: 'failed to patch image update to pod template:'}, podSpec => {
      const all = [...(podSpec.initContainers ?? []), ...podSpec.containers];
      return [...images].flatMap(([name, wanted]) => {
        const matching = all.filter(c => name === '*' || c.name === name);
        for (const container of matching) container.image = wanted;
        return matching.length > 0 ? [] : [`unable to find container named "${name}"`];
      });
    });
  },
};

const RESOURCES: Words = {done: 'resource requirements updated', refused: 'failed to patch resources update to pod template'};

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
    const infos = yield* find(context, args);
    const [limits, requests] = [resourceList(flags.string('limits')), resourceList(flags.string('requests'))];
    if (Object.keys(limits).length + Object.keys(requests).length === 0)
      throw new Failure('you must specify an update to requests or limits (in the form of --requests/--limits)');
    yield* update(context, infos, RESOURCES, podSpec => {
      const containers = selected(podSpec, flags.string('containers'));
      for (const container of containers)
        container.resources = {
          ...container.resources,
          ...(Object.keys(limits).length > 0 && {limits: {...container.resources?.limits, ...limits}}),
          ...(Object.keys(requests).length > 0 && {requests: {...container.resources?.requests, ...requests}}),
        };
      return containers.length > 0 ? [] : [`unable to find container named ${flags.string('containers')}`];
    });
  },
};

/** A requirement as Go prints the structure. */
const goRequirement = ({key, operator, values}: Requirement): string => `{${key} ${OPERATORS[operator] ?? operator} [${values.join(' ')}]}`;

const OPERATORS: Readonly<Record<string, string>> = {in: 'In', notin: 'NotIn', '!=': 'NotIn', exists: 'Exists', '!': 'DoesNotExist'};

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
    if (context.args.length === 0) throw new Failure('one selector is required');
    const [resources, text] = [context.args.slice(0, -1), context.args.at(-1)!];
    const version = context.flags.string('resource-version');
    yield* updateObjects(context, yield* find(context, resources), {done: 'selector updated', refused: ''}, copy => {
      if (copy.kind !== 'Service') throw new Failure('setting a selector is only supported for Services');
      const wanted = parseSelector(text).requirements;
      const other = wanted.filter(({operator}) => operator !== '=' && operator !== '==');
      if (other.length > 0) throw new Failure(`match expression [${other.map(goRequirement).join(' ')}] not supported on this object`);
      const matchLabels = Object.fromEntries(wanted.map(({key, values}) => [key, values[0]!]));
      // A patch keeps the keys of before: what is not named any more is set to null by the difference.
      (copy as Service).spec = {...(copy as Service).spec, selector: matchLabels};
      if (version) copy.metadata = {...copy.metadata, resourceVersion: version};
      return [];
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
    const infos = yield* find(context, context.args.slice(0, -1));
    yield* update(context, infos, {done: 'serviceaccount updated', refused: 'failed to patch ServiceAccountName'}, podSpec => {
      podSpec.serviceAccountName = name;
      return [];
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
  use: 'set subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
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
    yield* updateObjects(context, infos, {done: 'subjects updated', refused: 'failed to patch subjects to rolebinding:'}, (copy, info) => {
      if (!SUBJECT_KINDS.includes(copy.kind))
        throw new Failure(`${infoName(info)} setting subjects is only supported for RoleBinding/ClusterRoleBinding`);
      const binding = copy as KubeObject & Pick<rbac.RoleBinding, 'subjects'>;
      const there = binding.subjects ?? [];
      binding.subjects = [...there, ...wanted.filter(each => !there.some(other => sameSubject(each, other)))];
      return [];
    });
  },
};

export const set: Command = {
  name: 'set',
  use: 'set SUBCOMMAND',
  short: 'Set specific features on objects',
  subcommands: [env, image, resources, selector, serviceaccount, subject],
};
