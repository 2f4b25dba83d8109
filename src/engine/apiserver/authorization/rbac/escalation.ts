/**
 * Nobody can hand out more than they hold: checks before a role or a binding is written, beside authorization.
 * upstream: pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go, pkg/registry/rbac/escalation_check.go
 */

import {goQuote} from '../../../api/field-errors.ts';
import {goQuotedList} from '../../../api/go-text.ts';
import {forbidden, notFound, plainError} from '../../../api/status.ts';
import type {ApiError, KubeObject, rbac, UserInfo} from '../../../api/types.ts';
import {RBAC_GROUP, SYSTEM_PRIVILEGED_GROUP} from '../../../api/well-known.ts';
import type {Attributes, Authorizer, PolicyReader} from '../types.ts';
import {authorize} from '../union.ts';
import {compact, describeRule, uncovered} from './covers.ts';
import {roleReferenceRules, rulesFor} from './resolver.ts';

const FULL_AUTHORITY: readonly rbac.PolicyRule[] = [
  {verbs: ['*'], apiGroups: ['*'], resources: ['*']},
  {verbs: ['*'], nonResourceURLs: ['*']},
];
const AGGREGATION_REFUSED = 'must have cluster-admin privileges to use an aggregationRule';

export interface RbacWrite {
  readonly user: UserInfo;
  /** `roles`, `clusterroles`, `rolebindings` or `clusterrolebindings`. */
  readonly resource: string;
  readonly namespace: string;
  readonly object: KubeObject;
  readonly old?: KubeObject | undefined;
}

/** Why a user may not write this role or binding; undefined when they may. Other resources pass. Comes after mutating admission, before validation. */
export function checkEscalation(write: RbacWrite, chain: readonly Authorizer[], policy: PolicyReader): ApiError | undefined {
  const {resource, user} = write;
  if (user.groups.includes(SYSTEM_PRIVILEGED_GROUP)) return undefined;
  if (resource === 'roles' || resource === 'clusterroles') return checkRole(write, chain, policy);
  if (resource === 'rolebindings' || resource === 'clusterrolebindings') return checkBinding(write, chain, policy);
  return undefined;
}

function checkRole(write: RbacWrite, chain: readonly Authorizer[], policy: PolicyReader): ApiError | undefined {
  const role = write.object as rbac.ClusterRole & KubeObject;
  const old = write.old as typeof role | undefined;
  if (old && onlyCollectorFieldsChange(old, role)) return undefined;
  // A create is authorized before its name is known.
  if (may(write, 'escalate', write.resource, old ? (role.metadata.name ?? '') : '', chain, policy)) return undefined;
  // An aggregated role can gather anything, so it takes the right to everything.
  if ((gathers(role) || gathers(old)) && escalation(write, FULL_AUTHORITY, policy)) return refusal(write, AGGREGATION_REFUSED);
  return escalation(write, role.rules ?? [], policy);
}

function checkBinding(write: RbacWrite, chain: readonly Authorizer[], policy: PolicyReader): ApiError | undefined {
  const binding = write.object as rbac.RoleBinding & KubeObject;
  const old = write.old as typeof binding | undefined;
  if (old && onlyCollectorFieldsChange(old, binding)) return undefined;
  const {kind, name} = binding.roleRef;
  if (may(write, 'bind', kind === 'Role' ? 'roles' : 'clusterroles', name, chain, policy)) return undefined;
  const rules = roleReferenceRules(binding.roleRef, write.namespace, policy);
  if (typeof rules === 'string')
    return kind === 'Role' || kind === 'ClusterRole'
      ? notFound({group: RBAC_GROUP, resource: kind.toLowerCase()}, name)
      : plainError(rules);
  return escalation(write, rules, policy);
}

/** The verbs `escalate` and `bind` (and so `*`) set the check aside. */
function may(
  {user, namespace}: RbacWrite,
  verb: 'escalate' | 'bind',
  resource: string,
  name: string,
  chain: readonly Authorizer[],
  policy: PolicyReader,
): boolean {
  const attributes: Attributes = {
    user,
    verb,
    isResourceRequest: true,
    apiGroup: RBAC_GROUP,
    apiVersion: '*',
    resource,
    subresource: '',
    namespace,
    name,
    path: '',
  };
  return authorize(chain, attributes, policy).decision === 'Allow';
}

/** upstream: pkg/registry/rbac/validation/rule.go ConfirmNoEscalation */
function escalation(write: RbacWrite, wanted: readonly rbac.PolicyRule[], policy: PolicyReader): ApiError | undefined {
  const {user, namespace} = write;
  const {rules, errors} = rulesFor(user, namespace, policy);
  const missing = uncovered(rules, wanted);
  if (missing.length === 0) return undefined;
  const descriptions = [...new Set(compact(missing).map(describeRule))].sort();
  const unresolved = errors.length > 0 ? `; resolution errors: [${errors.map(asStorageSays).join(' ')}]` : '';
  return refusal(
    write,
    `user ${goQuote(user.username)} (groups=${goQuotedList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${descriptions.join('\n')}${unresolved}`,
  );
}

/** The check before a write reads the store itself, where a missing object is named by its resource; authorization reads a cache, which names the kind. */
const asStorageSays = (error: string): string => error.replace(/^(role|clusterrole)\./, '$1s.');

const refusal = ({resource, object}: RbacWrite, message: string): ApiError =>
  forbidden({group: RBAC_GROUP, resource}, object.metadata.name ?? '', message);

const gathers = (role: rbac.ClusterRole | undefined): boolean => !!role?.aggregationRule?.clusterRoleSelectors?.length;

/** The garbage collector must be able to finish its work whatever it holds. upstream: pkg/registry/rbac/helpers.go IsOnlyMutatingGCFields */
function onlyCollectorFieldsChange(old: KubeObject, object: KubeObject): boolean {
  const bare = ({metadata, ...rest}: KubeObject): string => {
    const {ownerReferences: _owners, finalizers: _finalizers, managedFields: _managed, ...others} = metadata;
    return JSON.stringify([others, rest]);
  };
  return bare(old) === bare(object);
}
