/** upstream: plugin/pkg/auth/authorizer/rbac/rbac.go RBACAuthorizer */
import type {rbac} from '../../../api/types.ts';
import type {Attributes, Authorizer, PolicyReader, Verdict} from '../types.ts';
import {aggregate} from '../union.ts';
import {type AppliedBinding, visitRulesFor} from './resolver.ts';
import {ruleAllows} from './rules.ts';

/** Rules only ever allow; what no rule allows is left to the next authorizer, and then refused. */
export const rbacAuthorizer: Authorizer = {
  name: 'RBAC',
  authorize(attributes: Attributes, policy: PolicyReader): Verdict {
    let allowedBy: AppliedBinding | undefined;
    let errors: string[] | undefined;
    visitRulesFor(attributes.user, attributes.namespace, policy, (rule, source, error) => {
      if (rule && ruleAllows(attributes, rule)) allowedBy = source;
      if (error) (errors ??= []).push(error);
      return allowedBy === undefined;
    });
    if (allowedBy) return {decision: 'Allow', reason: `RBAC: allowed by ${describeBinding(allowedBy)}`};
    return {decision: 'NoOpinion', reason: errors ? `RBAC: ${aggregate(errors)}` : ''};
  },
};

/** e.g. `RoleBinding "alice-view/dev" of ClusterRole "view" to User "alice"`. */
function describeBinding({binding, subject}: AppliedBinding): string {
  const namespace = binding.metadata?.namespace ?? '';
  const name = binding.metadata?.name ?? '';
  const self = namespace ? `RoleBinding "${name}/${namespace}"` : `ClusterRoleBinding "${name}"`;
  return `${self} of ${binding.roleRef.kind} "${binding.roleRef.name}" to ${describeSubject(subject, namespace)}`;
}

function describeSubject(subject: rbac.Subject, bindingNamespace: string): string {
  return subject.kind === 'ServiceAccount'
    ? `ServiceAccount "${subject.name}/${subject.namespace || bindingNamespace}"`
    : `${subject.kind} "${subject.name}"`;
}
