import {describe, expect, it} from 'vitest';
import type {KubeObject, PersistentVolume, Pod, rbac} from '../../../../src/engine/api/types.ts';
import {abacAuthorizer} from '../../../../src/engine/apiserver/authorization/abac.ts';
import {nodeAuthorizer} from '../../../../src/engine/apiserver/authorization/node.ts';
import {rbacAuthorizer} from '../../../../src/engine/apiserver/authorization/rbac/authorizer.ts';
import {checkEscalation} from '../../../../src/engine/apiserver/authorization/rbac/escalation.ts';
import type {Attributes, PolicyReader} from '../../../../src/engine/apiserver/authorization/types.ts';
import {authorize} from '../../../../src/engine/apiserver/authorization/union.ts';
import {webhookAuthorizer} from '../../../../src/engine/apiserver/authorization/webhook.ts';
import {nodeRules} from '../../../../src/engine/apiserver/bootstrap/rbac.ts';

const policy = (more: Partial<PolicyReader> = {}): PolicyReader => ({
  clusterRole: () => undefined,
  role: () => undefined,
  clusterRoleBindings: () => [],
  roleBindings: () => [],
  podsOnNode: () => [],
  persistentVolumes: () => [],
  get: () => undefined,
  ...more,
});
const asked = (more: Partial<Attributes> = {}): Attributes => ({
  user: {username: 'ann', groups: ['devs', 'system:authenticated']},
  verb: 'get',
  isResourceRequest: true,
  apiGroup: '',
  resource: 'pods',
  subresource: '',
  namespace: 'dev',
  name: 'web',
  path: '',
  ...more,
});

describe('ABAC', () => {
  const decide = (line: object, more: Partial<Attributes> = {}) => abacAuthorizer([line]).authorize(asked(more), policy()).decision;
  it('matches line by line: who, what, where', () => {
    expect(decide({user: 'ann', namespace: '*', resource: 'pods'})).toBe('Allow');
    expect(decide({group: 'devs', namespace: 'dev', resource: '*', readonly: true})).toBe('Allow');
    expect(decide({group: 'devs', namespace: 'dev', resource: '*', readonly: true}, {verb: 'create'})).toBe('NoOpinion');
    expect(decide({namespace: '*', resource: '*'})).toBe('NoOpinion');
    expect(decide({user: '*', nonResourcePath: '/api*'}, {isResourceRequest: false, path: '/apis'})).toBe('Allow');
  });
});

describe('a webhook', () => {
  const rules = [
    {verbs: ['delete'], answer: 'deny', reason: 'not on Fridays'},
    {groups: ['devs'], answer: 'allow'},
  ] as const;
  it('answers by its rules, and a denial ends the matter', () => {
    const chain = [webhookAuthorizer({name: 'corp', rules}), rbacAuthorizer];
    expect(authorize(chain, asked(), policy())).toMatchObject({decision: 'Allow', decidedBy: 'corp'});
    expect(authorize(chain, asked({verb: 'delete'}), policy())).toMatchObject({
      decision: 'Deny',
      reason: 'not on Fridays',
      decidedBy: 'corp',
    });
  });
  it('that is down leaves it to the others, or lets nobody in', () => {
    const down = (failurePolicy: 'NoOpinion' | 'Deny') =>
      webhookAuthorizer({name: 'corp', rules, down: true, failurePolicy}).authorize(asked(), policy());
    expect(down('NoOpinion')).toMatchObject({decision: 'NoOpinion', error: expect.stringContaining('context deadline exceeded')});
    expect(down('Deny').decision).toBe('Deny');
  });
});

describe('a kubelet', () => {
  const node = nodeAuthorizer(nodeRules());
  const KUBELET = {username: 'system:node:node-1', groups: ['system:nodes', 'system:authenticated']};
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'web', namespace: 'dev'},
    spec: {
      nodeName: 'node-1',
      serviceAccountName: 'builder',
      imagePullSecrets: [{name: 'registry'}],
      containers: [{name: 'app', env: [{name: 'A', valueFrom: {secretKeyRef: {name: 'env', key: 'a'}}}]}],
      volumes: [
        {name: 'data', persistentVolumeClaim: {claimName: 'claim'}},
        {name: 'conf', configMap: {name: 'conf'}},
      ],
    },
  } as unknown as Pod;
  const volume = {apiVersion: 'v1', kind: 'PersistentVolume', metadata: {name: 'pv'}, spec: {claimRef: {namespace: 'dev', name: 'claim'}}};
  const reader = policy({
    podsOnNode: name => (name === 'node-1' ? [pod] : []),
    get: (resource, _ns, name) => (resource === 'persistentvolumes' && name === 'pv' ? (volume as KubeObject) : undefined),
  });
  const may = (more: Partial<Attributes>) => node.authorize(asked({user: KUBELET, ...more}), reader).decision === 'Allow';

  it('reads what the pods of its node refer to, and nothing else', () => {
    for (const name of ['registry', 'env']) expect(may({resource: 'secrets', name})).toBe(true);
    expect(may({resource: 'secrets', name: 'other'})).toBe(false);
    expect(may({resource: 'secrets', name: 'env', namespace: 'prod'})).toBe(false);
    expect(may({resource: 'configmaps', name: 'conf'})).toBe(true);
    expect(may({resource: 'persistentvolumeclaims', name: 'claim'})).toBe(true);
    expect(may({resource: 'persistentvolumes', name: 'pv', namespace: ''})).toBe(true);
    expect(may({verb: 'create', resource: 'serviceaccounts', subresource: 'token', name: 'builder'})).toBe(true);
    expect(may({verb: 'create', resource: 'serviceaccounts', subresource: 'token', name: 'admin'})).toBe(false);
  });
  it('on another node may read none of it', () => {
    const other = {username: 'system:node:node-2', groups: ['system:nodes']};
    expect(node.authorize(asked({user: other, resource: 'secrets', name: 'env'}), reader)).toEqual({
      decision: 'NoOpinion',
      reason: "no relationship found between node 'node-2' and this object",
    });
  });
  it('reads the secrets of the volumes its claims are bound to, but for those a controller needs', () => {
    const bound = (name: string, spec: object, claim = 'claim') =>
      ({kind: 'PersistentVolume', metadata: {name}, spec: {claimRef: {namespace: 'dev', name: claim}, ...spec}}) as PersistentVolume;
    const volumes = [
      bound('a', {
        csi: {
          nodeStageSecretRef: {namespace: 'storage', name: 'stage'},
          controllerPublishSecretRef: {namespace: 'storage', name: 'publish'},
        },
      }),
      bound('b', {azureFile: {secretName: 'share'}}),
      bound('c', {rbd: {secretRef: {name: 'ceph'}}}, 'claim-of-nobody'),
      bound('d', {cinder: {secretRef: {namespace: 'storage', name: 'cinder'}}}),
    ];
    const holding = {...reader, persistentVolumes: () => volumes};
    const reads = (namespace: string, name: string) =>
      node.authorize(asked({user: KUBELET, resource: 'secrets', namespace, name}), holding).decision === 'Allow';
    for (const name of ['stage', 'cinder']) expect(reads('storage', name)).toBe(true);
    expect(reads('dev', 'share')).toBe(true);
    expect(reads('storage', 'publish')).toBe(false);
    expect(reads('dev', 'ceph')).toBe(false);
  });
  it('lists the pods and the device slices of its own node, and no others', () => {
    for (const verb of ['list', 'watch'])
      for (const [apiGroup, resource] of [['', 'pods'] as const, ['resource.k8s.io', 'resourceslices'] as const]) {
        const list = (fieldSelector?: string) =>
          may({verb, apiGroup, resource, namespace: '', name: '', ...(fieldSelector && {fieldSelector})});
        expect(list('spec.nodeName=node-1')).toBe(true);
        expect(list('spec.driver=gpu.example,spec.nodeName==node-1')).toBe(true);
        expect(list('spec.nodeName=node-2')).toBe(false);
        expect(list('nodeName=node-1')).toBe(false);
        expect(list()).toBe(false);
      }
  });
});

describe('handing out rights', () => {
  const clusterRoles: Record<string, rbac.ClusterRole> = {
    writer: {rules: [{verbs: ['create'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings']}]},
    reader: {rules: [{verbs: ['get', 'list'], apiGroups: [''], resources: ['pods']}]},
    admin: {rules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]},
    binder: {rules: [{verbs: ['bind'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], resourceNames: ['admin']}]},
  };
  const holding = (...roles: string[]): PolicyReader => {
    const bindings = roles.map(name => ({
      metadata: {name},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name},
      subjects: [{kind: 'User', name: 'ann'}],
    })) as rbac.ClusterRoleBinding[];
    return policy({clusterRole: name => clusterRoles[name], clusterRoleBindings: () => bindings});
  };
  const write = (kind: string, content: object, ...roles: string[]) =>
    checkEscalation(
      {
        user: {username: 'ann', groups: ['system:authenticated']},
        resource: `${kind.toLowerCase()}s`,
        namespace: 'dev',
        object: {apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: {name: 'new'}, ...content} as KubeObject,
      },
      [rbacAuthorizer],
      holding(...roles),
    );
  const bindTo = (name: string) => ({roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name}});

  it('takes holding them', () => {
    expect(write('Role', {rules: [{verbs: ['get'], apiGroups: [''], resources: ['pods']}]}, 'writer', 'reader')).toBeUndefined();
    expect(write('Role', {rules: [{verbs: ['get', 'delete'], apiGroups: [''], resources: ['pods']}]}, 'writer', 'reader')?.message).toBe(
      'roles.rbac.authorization.k8s.io "new" is forbidden: user "ann" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}',
    );
  });
  it('or the right to bind that very role', () => {
    expect(write('RoleBinding', bindTo('admin'), 'writer')?.code).toBe(403);
    expect(write('RoleBinding', bindTo('admin'), 'writer', 'binder')).toBeUndefined();
    expect(write('RoleBinding', bindTo('ghost'), 'writer')?.code).toBe(404);
  });
});
