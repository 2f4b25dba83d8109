/** kubectl --as over grants: the two of constrained impersonation, and the old verb. */
import {beforeEach, describe, expect, it} from 'vitest';
import {impersonate} from '../../../../src/engine/apiserver/authentication/impersonation.ts';
import type {Cluster} from '../../../../src/engine/index.ts';
import {clusterOf} from '../../../clusters.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const PODS = '/api/v1/namespaces/default/pods';
const AUTHENTICATION = 'authentication.k8s.io';

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  resourceNames?: string[];
}

let cluster: Cluster;
beforeEach(() => {
  cluster = clusterOf({nodes: 0});
});

function grant(user: string, rules: Rule[]): void {
  const role = {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: {name: user.replaceAll(':', '-')}, rules};
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: role.metadata,
    roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role.metadata.name},
    subjects: [{apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user}],
  };
  expect(cluster.request({method: 'POST', path: `${RBAC}/clusterroles`, body: role}).code).toBe(201);
  expect(cluster.request({method: 'POST', path: `${RBAC}/clusterrolebindings`, body: binding}).code).toBe(201);
}

/** Lists pods as ada, acting as somebody else: `200`, or the code and what it is for. */
function list(as: Record<string, string | string[]>, path = PODS): string {
  const headers = Object.fromEntries(Object.entries(as).map(([name, value]) => [`impersonate-${name}`, value]));
  const {code, body} = cluster.request({user: 'ada', groups: ['system:authenticated'], method: 'GET', path, headers});
  return code === 200 ? '200' : `${code} ${(body as {message: string}).message}`;
}

const reads: Rule = {apiGroups: [''], resources: ['pods', 'configmaps'], verbs: ['list']};
const mayBe = (mode: string, resource: string, resourceNames: string[]): Rule => ({
  apiGroups: [AUTHENTICATION],
  resources: [resource],
  verbs: [`impersonate:${mode}`],
  resourceNames,
});
const mayOn = (mode: string, verb: string, resource: string): Rule => ({
  apiGroups: [''],
  resources: [resource],
  verbs: [`impersonate-on:${mode}:${verb}`],
});

describe('constrained impersonation', () => {
  it('takes a grant for the user and one for the request', () => {
    grant('bob', [reads]);
    expect(list({user: 'bob'})).toBe(
      '403 pods is forbidden: User "ada" cannot impersonate-on:user-info:list resource "pods" in API group "" in the namespace "default"',
    );
    grant('ada', [mayOn('user-info', 'list', 'pods'), mayBe('user-info', 'users', ['bob'])]);
    expect(list({user: 'bob'})).toBe('200');
    expect(list({user: 'carl'})).toBe(
      '403 users.authentication.k8s.io "carl" is forbidden: User "ada" cannot impersonate:user-info resource "users" in API group "authentication.k8s.io" at the cluster scope',
    );
    expect(list({user: 'bob'}, '/api/v1/namespaces/default/configmaps')).toContain(
      'cannot impersonate-on:user-info:list resource "configmaps"',
    );
  });

  it('asks for each group, and never grants system:masters', () => {
    grant('ada', [
      mayOn('user-info', 'list', 'pods'),
      mayBe('user-info', 'users', ['bob']),
      mayBe('user-info', 'groups', ['readers', 'system:masters']),
    ]);
    grant('bob', [reads]);
    expect(list({user: 'bob', group: ['readers']})).toBe('200');
    expect(list({user: 'bob', group: ['writers']})).toContain('cannot impersonate:user-info resource "groups"');
    expect(list({user: 'bob', group: ['system:masters']})).toContain('impersonating the system:masters group is not allowed');
  });

  it('has a mode for service accounts and one for nodes, that grant nothing but the name', () => {
    grant('ada', [
      mayOn('serviceaccount', 'list', 'pods'),
      mayBe('serviceaccount', 'serviceaccounts', ['builder']),
      mayOn('arbitrary-node', 'list', 'pods'),
      mayBe('arbitrary-node', 'nodes', ['n1']),
    ]);
    const builder = 'system:serviceaccount:default:builder';
    // They act, and then it is for the account and the node to have the right.
    expect(list({user: builder})).toContain(`User "${builder}" cannot list resource "pods"`);
    expect(list({user: 'system:node:n1'})).toMatch(/User "system:node:n1" cannot list resource "pods"|can only list/);
    expect(list({user: builder, group: ['x']})).toContain('User "ada" cannot impersonate resource "serviceaccounts"');
    expect(list({user: 'system:node:n2'})).toContain('User "ada" cannot impersonate:arbitrary-node resource "nodes"');
  });
});

it('a pod acts as its own node by a grant that names no node', () => {
  const account = 'system:serviceaccount:default:agent';
  const asks = (node: string) => {
    const user = {username: account, groups: [], extra: {'authentication.kubernetes.io/node-name': ['n1']}};
    const asked: string[] = [];
    const request = {
      user,
      verb: 'list',
      isResourceRequest: true,
      apiGroup: '',
      resource: 'pods',
      subresource: '',
      namespace: '',
      name: '',
      path: PODS,
    };
    const answer = impersonate({headers: {'impersonate-user': `system:node:${node}`}, path: PODS}, request, ({verb, resource, name}) => {
      asked.push([verb, resource, name].filter(Boolean).join(' '));
      return {allowed: verb.includes('associated-node'), reason: ''};
    });
    return {asked, user: answer && 'user' in answer ? answer.user : undefined};
  };
  expect(asks('n1')).toEqual({
    asked: ['impersonate-on:associated-node:list pods', 'impersonate:associated-node nodes *'],
    user: {username: 'system:node:n1', groups: ['system:nodes', 'system:authenticated']},
  });
  expect(asks('n2')).toEqual({asked: ['impersonate-on:arbitrary-node:list pods', 'impersonate users system:node:n2'], user: undefined});
});

it('the old verb goes on to be enough', () => {
  grant('bob', [reads]);
  grant('ada', [{apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['bob']}]);
  expect(list({user: 'bob'})).toBe('200');
});

it('a group without a user makes no sense', () => {
  expect(list({group: ['x']})).toBe(
    '400 requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"x"}, Extra:map[string][]string(nil)} without impersonating a user name',
  );
});
