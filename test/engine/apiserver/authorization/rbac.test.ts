import {describe, expect, it} from 'vitest';
import type {rbac} from '../../../../src/engine/api/types.ts';
import {privilegedGroups} from '../../../../src/engine/apiserver/authorization/always.ts';
import {forbiddenText} from '../../../../src/engine/apiserver/authorization/forbidden.ts';
import {rbacAuthorizer} from '../../../../src/engine/apiserver/authorization/rbac/authorizer.ts';
import type {Attributes, PolicyReader} from '../../../../src/engine/apiserver/authorization/types.ts';
import {authorize} from '../../../../src/engine/apiserver/authorization/union.ts';
import {bootstrapRbac} from '../../../../src/engine/apiserver/bootstrap/rbac.ts';

const CHAIN = [privilegedGroups, rbacAuthorizer];

/** The default policy without the objects named. */
function policyWithout(...gone: string[]): PolicyReader {
  const objects = bootstrapRbac().filter(({kind, metadata}) => !gone.includes(`${kind}/${metadata.name}`));
  const of = <T>(kind: string): T[] => objects.filter(o => o.kind === kind) as unknown as T[];
  const clusterRoles = new Map(of<rbac.ClusterRole>('ClusterRole').map(role => [role.metadata?.name, role]));
  const clusterRoleBindings = of<rbac.ClusterRoleBinding>('ClusterRoleBinding');
  const roleBindings: rbac.RoleBinding[] = [];
  return {
    clusterRole: name => clusterRoles.get(name),
    role: () => undefined,
    clusterRoleBindings: () => clusterRoleBindings,
    roleBindings: () => roleBindings,
    podsOnNode: () => [],
    persistentVolumes: () => [],
    get: () => undefined,
  };
}

const bind: Attributes = {
  user: {username: 'system:kube-scheduler', groups: ['system:authenticated']},
  verb: 'create',
  isResourceRequest: true,
  apiGroup: '',
  resource: 'pods',
  subresource: 'binding',
  namespace: 'default',
  name: 'web',
  path: '',
};

describe('RBAC', () => {
  it('lets the scheduler bind by the default policy, and says by which binding', () => {
    expect(authorize(CHAIN, bind, policyWithout())).toEqual({
      decision: 'Allow',
      reason:
        'RBAC: allowed by ClusterRoleBinding "system:kube-scheduler" of ClusterRole "system:kube-scheduler" to User "system:kube-scheduler"',
      decidedBy: 'RBAC',
    });
  });

  it('stops the scheduler when its binding is gone', () => {
    const verdict = authorize(CHAIN, bind, policyWithout('ClusterRoleBinding/system:kube-scheduler'));
    expect(verdict.decision).toBe('NoOpinion');
    expect(forbiddenText(bind, verdict.reason)).toBe(
      'User "system:kube-scheduler" cannot create resource "pods/binding" in API group "" in the namespace "default"',
    );
  });

  it('names a role that is missing', () => {
    expect(authorize(CHAIN, bind, policyWithout('ClusterRole/system:kube-scheduler')).reason).toBe(
      'RBAC: clusterrole.rbac.authorization.k8s.io "system:kube-scheduler" not found',
    );
  });

  it('does not ask about system:masters', () => {
    const admin = {...bind, user: {username: 'root', groups: ['system:masters']}};
    expect(authorize(CHAIN, admin, policyWithout('ClusterRoleBinding/cluster-admin')).decidedBy).toBe('PrivilegedGroup');
  });
});
