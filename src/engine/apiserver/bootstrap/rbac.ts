/** The RBAC objects every cluster starts with. upstream: pkg/registry/rbac/rest/storage_rbac.go, bootstrappolicy */

import type {KubeObject, LabelSelector, ObjectMeta, rbac} from '../../api/types.ts';
import {RBAC_GROUP} from '../../api/well-known.ts';
import {aggregatedRules} from '../authorization/rbac/aggregation.ts';
import {AGGREGATED_ROLES, CLUSTER_ROLES} from './cluster-roles.ts';
import {CONTROLLER_ROLES} from './controller-roles.ts';
import {CLUSTER_ROLE_BINDINGS, NAMESPACED_BINDINGS, NAMESPACED_ROLES} from './roles-and-bindings.ts';
import {parseRule} from './rules.ts';

const API_VERSION = `${RBAC_GROUP}/v1`;
const aggregateTo = (role: string): Record<string, string> => ({[`${RBAC_GROUP}/aggregate-to-${role}`]: 'true'});

/** All default roles and bindings, without uids and timestamps: cluster roles, their bindings, roles, role bindings. */
export function bootstrapRbac(): KubeObject[] {
  return [...clusterRoles(), ...clusterRoleBindings(), ...roles(), ...roleBindings()] as KubeObject[];
}

/** The rules of the ClusterRole system:node, for the Node authorizer. */
export function nodeRules(): rbac.PolicyRule[] {
  return CLUSTER_ROLES['system:node']!.map(parseRule);
}

function meta(name: string, labels: Record<string, string> = {}): ObjectMeta {
  return {
    name,
    labels: {'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels},
    annotations: {'rbac.authorization.kubernetes.io/autoupdate': 'true'},
  };
}

function clusterRoles(): rbac.ClusterRole[] {
  const plain = Object.entries(CLUSTER_ROLES).map(([name, rules]) => {
    const target = /^system:aggregate-to-(.+)$/.exec(name)?.[1];
    return clusterRole(meta(name, target ? aggregateTo(target) : {}), rules);
  });
  const controllers = Object.entries(CONTROLLER_ROLES).map(([name, rules]) => clusterRole(meta(`system:controller:${name}`), rules));
  // view goes into edit, and edit into admin
  const aggregated: rbac.ClusterRole[] = [];
  for (const name of ['view', 'edit', 'admin'] as const) {
    const {gathers, for: target} = AGGREGATED_ROLES[name];
    const role: rbac.ClusterRole = {
      ...clusterRole(meta(name, target ? aggregateTo(target) : {}), []),
      aggregationRule: {clusterRoleSelectors: [{matchLabels: aggregateTo(gathers)}]},
    };
    aggregated.push({...role, rules: aggregatedRules(role, [...plain, ...aggregated], hasLabels)});
  }
  return [...plain, ...aggregated, ...controllers];
}

function clusterRole(metadata: ObjectMeta, rules: readonly string[]): rbac.ClusterRole {
  return {apiVersion: API_VERSION, kind: 'ClusterRole', metadata, rules: rules.map(parseRule)};
}

const hasLabels = ({matchLabels = {}}: LabelSelector, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value);

function clusterRoleBindings(): rbac.ClusterRoleBinding[] {
  const named = Object.entries(CLUSTER_ROLE_BINDINGS).map(([role, subjects]) => ({role, subjects}));
  const controllers = Object.keys(CONTROLLER_ROLES).map(name => ({
    role: `system:controller:${name}`,
    subjects: [`ServiceAccount kube-system/${name}`],
  }));
  return [...named, ...controllers].map(({role, subjects}) => ({
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: meta(role),
    roleRef: {apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role},
    ...(subjects.length > 0 && {subjects: subjects.map(subject)}),
  }));
}

function roles(): rbac.Role[] {
  return NAMESPACED_ROLES.map(({namespace, name, rules}) => ({
    apiVersion: API_VERSION,
    kind: 'Role',
    metadata: {...meta(name), namespace},
    rules: rules.map(parseRule),
  }));
}

function roleBindings(): rbac.RoleBinding[] {
  return NAMESPACED_BINDINGS.map(({namespace, name, role, subjects}) => ({
    apiVersion: API_VERSION,
    kind: 'RoleBinding',
    metadata: {...meta(name), namespace},
    roleRef: {apiGroup: RBAC_GROUP, kind: 'Role', name: role},
    subjects: subjects.map(subject),
  }));
}

function subject(text: string): rbac.Subject {
  const [kind = '', name = ''] = text.split(' ');
  if (kind !== 'ServiceAccount') return {apiGroup: RBAC_GROUP, kind, name};
  const [namespace = '', account = ''] = name.split('/');
  return {kind, name: account, namespace};
}
