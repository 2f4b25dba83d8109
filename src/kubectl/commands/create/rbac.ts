/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_role.go, create_rolebinding.go, create_clusterrole.go, create_clusterrolebinding.go */

import {resolve} from '../../../engine/api/kinds.ts';
import {byKey} from '../../../engine/api/order.ts';
import type {KubeObject, rbac} from '../../../engine/api/types.ts';
import type {Context} from '../../context.ts';
import {stderr} from '../../effects.ts';
import {BareFailure, Failure, noSuchResourceType} from '../../failure.ts';
import type {FlagTable} from '../../flags.ts';
import type {Effects} from '../../types.ts';
import type {Generator} from './generator.ts';

const API_VERSION = 'rbac.authorization.k8s.io/v1';

const STANDARD_VERBS = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
  '*',
];
const NON_RESOURCE_VERBS = ['get', 'post', 'put', 'delete', 'patch', 'head', 'options', '*'];

const RULE_FLAGS = {
  verb: {type: 'list', usage: 'Verb that applies to the resources contained in the rule'},
  resource: {type: 'list', usage: 'Resource that the rule applies to'},
  'resource-name': {type: 'array', usage: 'Resource in the white list that the rule applies to, repeat this flag for multiple items'},
} satisfies FlagTable;

/** One rule a group, resources in the order given. upstream: generateResourcePolicyRules */
function* resourceRules(context: Context, verbs: readonly string[]): Effects<rbac.PolicyRule[]> {
  const kinds = yield* context.kinds();
  const byGroup = new Map<string, string[]>();
  for (const text of context.flags.list('resource')) {
    const [word = '', subresource] = text.split('/');
    const kind = word === '*' ? undefined : resolve(word, kinds);
    if (word !== '*' && !kind) throw new BareFailure(noSuchResourceType(word));
    const name = `${kind?.resource ?? '*'}${subresource ? `/${subresource}` : ''}`;
    const group = kind?.group ?? '';
    byGroup.set(group, [...(byGroup.get(group) ?? []), name]);
  }
  const resourceNames = context.flags.list('resource-name');
  return [...byGroup].sort(byKey).map(([group, resources]) => ({
    apiGroups: [group],
    resources,
    ...(resourceNames.length > 0 && {resourceNames}),
    verbs: [...verbs],
  }));
}

/** The verbs, each once; `ofResources`: they are said of resources, not of paths. Throws Failure where none is given. */
function* verbsOf(context: Context, ofResources: boolean): Effects<string[]> {
  const all = context.flags.list('verb');
  const verbs = all.includes('*') ? ['*'] : [...new Set(all)];
  if (verbs.length === 0) throw new Failure('at least one verb must be specified');
  if (!ofResources) return verbs;
  for (const verb of verbs) if (!STANDARD_VERBS.includes(verb)) yield* stderr(`Warning: '${verb}' is not a standard resource verb\n`);
  return verbs;
}

export const role: Generator = {
  name: 'role',
  use: 'role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a role with single rule',
  flags: RULE_FLAGS,
  *build(context, name) {
    const verbs = yield* verbsOf(context, true);
    if (context.flags.list('resource').length === 0) throw new Failure('at least one resource must be specified');
    return {apiVersion: API_VERSION, kind: 'Role', metadata: {name}, rules: yield* resourceRules(context, verbs)};
  },
};

export const clusterrole: Generator = {
  name: 'clusterrole',
  use: 'clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a cluster role',
  flags: {
    ...RULE_FLAGS,
    'non-resource-url': {type: 'list', usage: 'A partial url that user should have access to.'},
    'aggregation-rule': {
      type: 'array',
      usage: 'An aggregation label selector for combining ClusterRoles.',
    },
  },
  *build(context, name) {
    const {flags} = context;
    const base: KubeObject = {apiVersion: API_VERSION, kind: 'ClusterRole', metadata: {name}};
    const aggregation = flags.list('aggregation-rule');
    if (aggregation.length > 0) {
      if (['non-resource-url', 'verb', 'resource', 'resource-name'].some(name => flags.list(name).length > 0))
        throw new Failure('aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames');
      const matchLabels = Object.fromEntries(aggregation.flatMap(text => text.split(',')).map(pair => pair.split(/=(.*)/s).slice(0, 2)));
      return {...base, aggregationRule: {clusterRoleSelectors: [{matchLabels}]}, rules: null};
    }
    const verbs = yield* verbsOf(context, context.flags.list('resource').length > 0);
    const urls = flags.list('non-resource-url');
    if (urls.length === 0 && flags.list('resource').length === 0) throw new Failure('one of resource or nonResourceURL must be specified');
    for (const verb of urls.length > 0 && flags.list('resource').length === 0 ? verbs : [])
      if (!NON_RESOURCE_VERBS.includes(verb)) throw new Failure(`invalid verb: '${verb}' for nonResourceURL`);
    const rules = [...(yield* resourceRules(context, verbs)), ...(urls.length > 0 ? [{verbs, nonResourceURLs: urls}] : [])];
    return {...base, rules};
  },
};

const SUBJECT_FLAGS = {
  user: {type: 'array', usage: 'Usernames to bind to the role. The flag can be repeated to add multiple users.'},
  group: {type: 'array', usage: 'Groups to bind to the role. The flag can be repeated to add multiple groups.'},
  serviceaccount: {
    type: 'array',
    usage:
      'Service accounts to bind to the role, in the format <namespace>:<name>. The flag can be repeated to add multiple service accounts.',
  },
} satisfies FlagTable;

function subjects({flags}: Context): rbac.Subject[] {
  const named = (kind: string, names: readonly string[]): rbac.Subject[] =>
    names.map(name => ({kind, apiGroup: 'rbac.authorization.k8s.io', name}));
  const accounts = flags.list('serviceaccount').map((text): rbac.Subject => {
    const [namespace, name, more] = text.split(':');
    if (!namespace || !name || more !== undefined) throw new Failure('serviceaccount must be <namespace>:<name>');
    return {kind: 'ServiceAccount', namespace, name};
  });
  return [...named('User', flags.list('user')), ...named('Group', flags.list('group')), ...accounts];
}

export const rolebinding: Generator = {
  name: 'rolebinding',
  use: 'rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a role binding for a particular role or cluster role',
  flags: {
    ...SUBJECT_FLAGS,
    clusterrole: {type: 'string', usage: 'ClusterRole this RoleBinding should reference'},
    role: {type: 'string', usage: 'Role this RoleBinding should reference'},
  },
  refusal: 'failed to create rolebinding:',
  build(context, name) {
    const [clusterRole, ownRole] = [context.flags.string('clusterrole'), context.flags.string('role')];
    if ((clusterRole === '') === (ownRole === '')) throw new Failure('exactly one of clusterrole or role must be specified');
    const roleRef = {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: clusterRole ? 'ClusterRole' : 'Role',
      name: clusterRole || ownRole,
    };
    return {apiVersion: API_VERSION, kind: 'RoleBinding', metadata: {name}, roleRef, subjects: subjects(context)};
  },
};

export const clusterrolebinding: Generator = {
  name: 'clusterrolebinding',
  use: 'clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a cluster role binding for a particular cluster role',
  flags: {...SUBJECT_FLAGS, clusterrole: {type: 'string', usage: 'ClusterRole this ClusterRoleBinding should reference', required: true}},
  refusal: 'failed to create clusterrolebinding:',
  build(context, name) {
    const roleRef = {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: context.flags.string('clusterrole')};
    return {apiVersion: API_VERSION, kind: 'ClusterRoleBinding', metadata: {name}, roleRef, subjects: subjects(context)};
  },
};
