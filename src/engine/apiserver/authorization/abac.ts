/** Attribute-based policies, one a line of a file: the way before RBAC. upstream: pkg/auth/authorizer/abac/abac.go */
import type {UserInfo} from '../../api/types.ts';
import {ALLOW, type Attributes, type Authorizer, READ_VERBS, type Verdict} from './types.ts';

/** The `spec` of abac.authorization.kubernetes.io/v1beta1 Policy. `*` stands for all. */
export interface AbacPolicy {
  readonly user?: string;
  readonly group?: string;
  readonly readonly?: boolean;
  readonly apiGroup?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly nonResourcePath?: string;
}

const NO_MATCH: Verdict = {decision: 'NoOpinion', reason: 'No policy matched.'};

export function abacAuthorizer(policies: readonly AbacPolicy[]): Authorizer {
  return {
    name: 'ABAC',
    authorize: attributes => (policies.some(policy => matches(policy, attributes)) ? ALLOW : NO_MATCH),
  };
}

function matches(policy: AbacPolicy, attributes: Attributes): boolean {
  return (
    subjectMatches(policy, attributes.user) &&
    (!policy.readonly || READ_VERBS.has(attributes.verb)) &&
    (attributes.isResourceRequest ? resourceMatches(policy, attributes) : pathMatches(policy.nonResourcePath ?? '', attributes.path))
  );
}

/** A policy that names neither a user nor a group is nobody's. */
function subjectMatches({user, group}: AbacPolicy, who: UserInfo): boolean {
  if (!user && !group) return false;
  return (!user || user === '*' || user === who.username) && (!group || group === '*' || who.groups.includes(group));
}

function resourceMatches(policy: AbacPolicy, {namespace, resource, apiGroup}: Attributes): boolean {
  const fits = (wanted: string | undefined, value: string): boolean => wanted === '*' || (wanted ?? '') === value;
  return fits(policy.namespace, namespace) && fits(policy.resource, resource) && fits(policy.apiGroup, apiGroup);
}

function pathMatches(policy: string, path: string): boolean {
  return policy === '*' || policy === path || (policy.endsWith('*') && path.startsWith(policy.replace(/\*+$/, '')));
}
