import {describe, expect, it} from 'vitest';
import {ask, object, pod} from './stage.ts';

const quota = (hard: Record<string, string>, used: Record<string, string>, spec: object = {}) =>
  object('v1', 'ResourceQuota', {name: 'team', namespace: 'default', resourceVersion: '7'}, {spec: {hard, ...spec}, status: {hard, used}});
const asking = (cpu: string) => pod({containers: [{name: 'app', image: 'nginx', resources: {requests: {cpu}}}]});
const charge = (store: object[], what = asking('500m'), more: object = {}) =>
  ask({plugin: 'ResourceQuota', store: store as never[], object: what, ...more});

describe('ResourceQuota', () => {
  it('writes down what is used, on the version it has read', () => {
    expect(charge([quota({pods: '3', 'requests.cpu': '1'}, {pods: '1', 'requests.cpu': '250m'})]).written).toMatchObject([
      {metadata: {name: 'team', resourceVersion: '7'}, status: {used: {pods: '2', 'requests.cpu': '750m'}}},
    ]);
  });
  it('refuses what is too much', () => {
    expect(charge([quota({'requests.cpu': '1'}, {'requests.cpu': '750m'})]).refused).toBe(
      'pods "web" is forbidden: exceeded quota: team, requested: requests.cpu=500m, used: requests.cpu=750m, limited: requests.cpu=1',
    );
  });
  it('lets nobody off who does not say what they need', () => {
    expect(charge([quota({cpu: '1'}, {cpu: '0'})], pod()).refused).toContain('failed quota: team: must specify cpu for: app');
  });
  it('takes it from the pod as a whole, for all its containers', () => {
    const whole = pod({containers: [{name: 'app', image: 'nginx'}], resources: {requests: {cpu: '500m'}}});
    expect(charge([quota({cpu: '1', memory: '1Gi'}, {cpu: '0', memory: '0'})], whole).written).toMatchObject([
      {status: {used: {cpu: '500m', memory: '0'}}},
    ]);
  });
  it('counts devices that are asked for by their class', () => {
    const name = 'deviceclass.resource.kubernetes.io/camera';
    const two = pod({containers: [{name: 'app', image: 'nginx', resources: {requests: {[name]: '2'}, limits: {[name]: '2'}}}]});
    expect(charge([quota({[`requests.${name}`]: '3'}, {[`requests.${name}`]: '2'})], two).refused).toContain(
      `requested: requests.${name}=2,`,
    );
  });
  it('counts the storage of claims in whole bytes', () => {
    const asked = object(
      'v1',
      'PersistentVolumeClaim',
      {name: 'c', namespace: 'default'},
      {spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '2300m'}}}},
    );
    expect(
      charge([quota({'requests.storage': '5'}, {'requests.storage': '1'})], asked, {resource: 'persistentvolumeclaims'}).written,
    ).toMatchObject([{status: {used: {'requests.storage': '4'}}}]);
  });
  it('counts a claim for every attributes class that it has or is to have', () => {
    const under = (operator: string, values?: string[]) =>
      quota(
        {persistentvolumeclaims: '1'},
        {persistentvolumeclaims: '1'},
        {
          scopeSelector: {matchExpressions: [{scopeName: 'VolumeAttributesClass', operator, ...(values && {values})}]},
        },
      );
    const claim = (spec: object, status: object = {}) =>
      object('v1', 'PersistentVolumeClaim', {name: 'c', namespace: 'default'}, {spec: {accessModes: ['ReadWriteOnce'], ...spec}, status});
    const full = (limit: object, asked: ReturnType<typeof object>) =>
      charge([limit], asked, {resource: 'persistentvolumeclaims'}).refused !== undefined;
    const moving = claim({volumeAttributesClassName: 'new'}, {currentVolumeAttributesClassName: 'old'});
    for (const name of ['new', 'old']) expect(full(under('In', [name]), moving)).toBe(true);
    expect(full(under('In', ['other']), moving)).toBe(false);
    expect(full(under('NotIn', ['new']), moving)).toBe(true);
    expect(full(under('NotIn', ['new', 'old']), moving)).toBe(false);
    for (const [operator, plain] of [
      ['Exists', false],
      ['DoesNotExist', true],
    ] as const) {
      expect(full(under(operator), moving)).toBe(!plain);
      expect(full(under(operator), claim({}))).toBe(plain);
    }
  });
  it('does not count before its controller has', () => {
    expect(charge([quota({pods: '1'}, {})]).refused).toContain('status unknown for quota: team, resources: pods');
  });
  it('counts only in its scope', () => {
    const best = quota({pods: '1'}, {pods: '1'}, {scopes: ['BestEffort']});
    expect(charge([best]).refused).toBeUndefined();
    expect(charge([best], pod()).refused).toContain('exceeded quota');
  });
  it('charges an update by what it adds', () => {
    const service = (type: string, resourceVersion?: string) =>
      object(
        'v1',
        'Service',
        {name: 's', namespace: 'default', ...(resourceVersion && {resourceVersion})},
        {spec: {type, ports: [{port: 80}]}},
      );
    const store = [quota({services: '1', 'services.nodeports': '1'}, {services: '1', 'services.nodeports': '0'})];
    const update = {operation: 'UPDATE', resource: 'services', old: service('ClusterIP', '5')};
    expect(charge(store, service('NodePort', '5'), update).written).toMatchObject([
      {status: {used: {services: '1', 'services.nodeports': '1'}}},
    ]);
  });
  it('charges all of a pod to the quota of the scope that an update brings it into', () => {
    const scoped = (scope: string, used: object) => ({
      ...quota({pods: '3', 'requests.cpu': '1'}, used as never, {scopes: [scope]}),
      metadata: {name: scope.toLowerCase(), namespace: 'default'},
    });
    const store = [
      scoped('Terminating', {pods: '1', 'requests.cpu': '250m'}),
      scoped('NotTerminating', {pods: '2', 'requests.cpu': '900m'}),
    ];
    const running = (spec: object) => {
      const made = asking('500m');
      return {...made, metadata: {...made.metadata, resourceVersion: '5'}, spec: {...(made['spec'] as object), ...spec}};
    };
    const update = {operation: 'UPDATE', old: running({})};
    expect(charge(store, running({activeDeadlineSeconds: 60}), update).written).toMatchObject([
      {metadata: {name: 'terminating'}, status: {used: {pods: '2', 'requests.cpu': '750m'}}},
    ]);
    expect(charge(store, running({activeDeadlineSeconds: 60}), {...update, old: running({activeDeadlineSeconds: 90})}).written).toEqual([]);
    expect(
      charge([scoped('Terminating', {pods: '1', 'requests.cpu': '600m'})], running({activeDeadlineSeconds: 60}), update).refused,
    ).toContain('exceeded quota: terminating, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1');
  });
  it('counts what a container still holds while it is made smaller', () => {
    const resources = (cpu: string) => ({requests: {cpu}, limits: {cpu}});
    const shrinking = {
      ...pod({containers: [{name: 'app', image: 'nginx', resources: resources('200m')}]}),
      status: {containerStatuses: [{name: 'app', resources: resources('700m'), allocatedResources: {cpu: '200m'}}]},
    };
    expect(
      charge([quota({'requests.cpu': '1', 'limits.cpu': '1'}, {'requests.cpu': '0', 'limits.cpu': '0'})], shrinking as never).written,
    ).toMatchObject([{status: {used: {'requests.cpu': '700m', 'limits.cpu': '700m'}}}]);
  });
  it('leaves it to its controller to find what an update gives back', () => {
    const claim = (storage: string) =>
      object(
        'v1',
        'PersistentVolumeClaim',
        {name: 'c', namespace: 'default', resourceVersion: '5'},
        {spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage}}}},
      );
    const store = [quota({'requests.storage': '10Gi'}, {'requests.storage': '9Gi'})];
    const update = {operation: 'UPDATE', resource: 'persistentvolumeclaims', old: claim('5Gi')};
    expect(charge(store, claim('2Gi'), update).written).toEqual([]);
    expect(charge(store, claim('6Gi'), update).written).toMatchObject([{status: {used: {'requests.storage': '10Gi'}}}]);
    expect(charge(store, claim('7Gi'), update).refused).toContain('requested: requests.storage=2Gi, used: requests.storage=9Gi');
  });
  it('can make a scope scarce, also where there are no quotas at all', () => {
    const selector = {scopeName: 'PriorityClass', operator: 'In', values: ['precious']};
    const config = {resourceQuota: {limitedResources: [{resource: 'pods', matchScopes: [selector]}]}};
    const precious = pod({priorityClassName: 'precious'});
    const why = 'insufficient quota to match these scopes: [{PriorityClass In [precious]}]';
    expect(charge([], precious, {config})).toMatchObject({refused: why, code: 500});
    expect(charge([quota({pods: '5'}, {pods: '0'})], precious, {config}).refused).toBe(why);
    const covering = quota({pods: '5'}, {pods: '0'}, {scopeSelector: {matchExpressions: [selector]}});
    expect(charge([covering], precious, {config}).refused).toBeUndefined();
    expect(charge([], pod(), {config}).refused).toBeUndefined();
  });
  it('can make a resource scarce that no quota names', () => {
    const config = {resourceQuota: {limitedResources: [{resource: 'pods', matchContains: ['requests.cpu']}]}};
    expect(charge([quota({pods: '5'}, {pods: '0'})], asking('1'), {config}).refused).toContain(
      'insufficient quota to consume: requests.cpu',
    );
  });
  it('writes nothing in a namespace without quotas', () => {
    expect(charge([]).written).toEqual([]);
  });
});
