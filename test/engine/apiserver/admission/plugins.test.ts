import {describe, expect, it} from 'vitest';
import {ask, object, pod} from './stage.ts';

const namespace = (annotations: object = {}) => object('v1', 'Namespace', {name: 'default', annotations});
const node = (labels: object = {}, more: object = {}) => object('v1', 'Node', {name: 'node-1', labels, uid: 'node-uid'}, more);
const KUBELET = {username: 'system:node:node-1', groups: ['system:nodes', 'system:authenticated']};

describe('NamespaceAutoProvision', () => {
  it('makes the namespace that is missing', () => {
    expect(ask({plugin: 'NamespaceAutoProvision', object: pod()}).written).toEqual([object('v1', 'Namespace', {name: 'default'})]);
    expect(ask({plugin: 'NamespaceAutoProvision', object: pod(), store: [namespace()]}).written).toEqual([]);
  });
});

describe('NamespaceExists', () => {
  it('refuses what is in no namespace, deletions too', () => {
    expect(ask({plugin: 'NamespaceExists', operation: 'DELETE', old: pod()}).refused).toBe('namespaces "default" not found');
  });
});

describe('NamespaceLifecycle', () => {
  it('does not let the namespaces go that everything stands on', () => {
    const kubeSystem = object('v1', 'Namespace', {name: 'kube-system'});
    expect(ask({plugin: 'NamespaceLifecycle', operation: 'DELETE', resource: 'namespaces', old: kubeSystem}).refused).toBe(
      'namespaces "kube-system" is forbidden: this namespace may not be deleted',
    );
  });
});

describe('AlwaysPullImages', () => {
  it('pulls every time', () => {
    expect(ask({plugin: 'AlwaysPullImages', object: pod()}).object.spec.containers[0].imagePullPolicy).toBe('Always');
  });
  it('leaves an update without new images alone', () => {
    const old = pod();
    expect(ask({plugin: 'AlwaysPullImages', operation: 'UPDATE', old, object: old}).object).toEqual(old);
  });
});

describe('PodNodeSelector', () => {
  const store = [namespace({'scheduler.alpha.kubernetes.io/node-selector': 'env=prod'})];
  it('adds the selector of the namespace', () => {
    expect(ask({plugin: 'PodNodeSelector', object: pod(), store}).object.spec.nodeSelector).toEqual({env: 'prod'});
  });
  it('refuses one that contradicts it', () => {
    expect(ask({plugin: 'PodNodeSelector', object: pod({nodeSelector: {env: 'dev'}}), store}).refused).toBe(
      'pods "web" is forbidden: pod node label selector conflicts with its namespace node label selector',
    );
  });
  it('keeps pods to the labels that the server allows the namespace', () => {
    const config = {podNodeSelector: {default: 'env=prod'}};
    expect(ask({plugin: 'PodNodeSelector', config, object: pod({nodeSelector: {gpu: 'yes'}}), store: [namespace()]}).refused).toContain(
      'pod node label selector labels conflict with its namespace whitelist',
    );
  });
});

describe('PodTolerationRestriction', () => {
  it('adds what the namespace gives, and what a pod with requests gets', () => {
    const store = [namespace({'scheduler.alpha.kubernetes.io/defaultTolerations': '[{"key":"a","operator":"Exists"}]'})];
    const containers = [{name: 'app', image: 'nginx', resources: {requests: {cpu: '1'}}}];
    expect(ask({plugin: 'PodTolerationRestriction', object: pod({containers}), store}).object.spec.tolerations).toEqual([
      {key: 'a', operator: 'Exists'},
      {effect: 'NoSchedule', key: 'node.kubernetes.io/memory-pressure', operator: 'Exists'},
    ]);
  });
  it('refuses what the namespace does not allow', () => {
    const store = [namespace({'scheduler.alpha.kubernetes.io/tolerationsWhitelist': '[{"key":"a","operator":"Exists"}]'})];
    expect(ask({plugin: 'PodTolerationRestriction', object: pod({tolerations: [{key: 'b', operator: 'Exists'}]}), store}).refused).toBe(
      'pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist',
    );
  });
});

describe('ExtendedResourceToleration', () => {
  it('lets a pod onto nodes with the device it asks for', () => {
    const containers = [{name: 'app', image: 'nginx', resources: {requests: {'example.com/gpu': '1', cpu: '1'}}}];
    expect(ask({plugin: 'ExtendedResourceToleration', object: pod({containers})}).object.spec.tolerations).toEqual([
      {effect: 'NoSchedule', key: 'example.com/gpu', operator: 'Exists'},
    ]);
  });
});

describe('RuntimeClass', () => {
  const sandboxed = object(
    'node.k8s.io/v1',
    'RuntimeClass',
    {name: 'sandboxed'},
    {
      handler: 'runsc',
      overhead: {podFixed: {memory: '64Mi'}},
      scheduling: {nodeSelector: {sandbox: 'yes'}, tolerations: [{key: 'sandbox', operator: 'Exists'}]},
    },
  );
  it('brings what the runtime costs and where it can run', () => {
    expect(ask({plugin: 'RuntimeClass', object: pod({runtimeClassName: 'sandboxed'}), store: [sandboxed]}).object.spec).toMatchObject({
      overhead: {memory: '64Mi'},
      nodeSelector: {sandbox: 'yes'},
      tolerations: [{key: 'sandbox', operator: 'Exists'}],
    });
  });
  it('refuses a class that is not there, and an overhead of the pod’s own', () => {
    expect(ask({plugin: 'RuntimeClass', object: pod({runtimeClassName: 'ghost'})}).refused).toContain(
      'pod rejected: RuntimeClass "ghost" not found',
    );
    expect(ask({plugin: 'RuntimeClass', object: pod({overhead: {cpu: '1'}})}).refused).toContain(
      'Pod Overhead set without corresponding RuntimeClass',
    );
  });
});

describe('Priority', () => {
  it('takes the way to preempt from the class, where the class says one', () => {
    const classes = (more: object) => [object('scheduling.k8s.io/v1', 'PriorityClass', {name: 'gold'}, {value: 7, ...more})];
    const spec = {priorityClassName: 'gold', preemptionPolicy: 'Never'};
    const given = (more: object) => ask({plugin: 'Priority', object: pod(spec), store: classes(more)});
    expect(given({}).object.spec).toMatchObject({priority: 7, preemptionPolicy: 'Never'});
    expect(given({preemptionPolicy: 'PreemptLowerPriority'}).refused).toContain(
      'priority admission controller computed PreemptLowerPriority',
    );
  });
});

describe('ServiceAccount', () => {
  it('keeps an account to its own secrets, in whatever way a container takes them', () => {
    const limited = (value: string) =>
      object(
        'v1',
        'ServiceAccount',
        {name: 'default', namespace: 'default', annotations: {'kubernetes.io/enforce-mountable-secrets': value}},
        {secrets: [{name: 'ours'}]},
      );
    const account = limited('true');
    const all = (name: string, secret: string) => [{name, image: 'nginx', envFrom: [{secretRef: {name: secret}}]}];
    const refused = (spec: object, more: object = {}) =>
      ask({plugin: 'ServiceAccount', object: pod(spec), store: [account], ...more}).refused;
    const why =
      'with envFrom referencing secret.secretName="theirs" is not allowed because service account default does not reference that secret';
    expect(refused({containers: all('app', 'ours')})).toBeUndefined();
    expect(refused({containers: all('app', 'theirs')}, {store: [limited('T')]})).toContain(why);
    expect(refused({containers: all('app', 'theirs')}, {store: [limited('yes')]})).toBeUndefined();
    expect(refused({containers: all('app', 'theirs')})).toContain(`: container app ${why}`);
    expect(refused({initContainers: all('first', 'theirs')})).toContain(`: init container first ${why}`);
    const ephemeral = {serviceAccountName: 'default', ephemeralContainers: all('debug', 'theirs')};
    const update = {operation: 'UPDATE', resource: 'pods/ephemeralcontainers', old: pod()};
    expect(refused(ephemeral, update)).toContain(`: ephemeral container debug ${why}`);
  });
});

describe('defaults for storage and ingress', () => {
  const storageClass = (name: string, creationTimestamp: string, isDefault = 'true') =>
    object(
      'storage.k8s.io/v1',
      'StorageClass',
      {name, creationTimestamp, annotations: {'storageclass.kubernetes.io/is-default-class': isDefault}},
      {allowVolumeExpansion: name === 'b'},
    );
  const store = [
    storageClass('a', '2026-01-01T00:00:00Z'),
    storageClass('b', '2026-02-01T00:00:00Z'),
    storageClass('c', '2026-03-01T00:00:00Z', 'false'),
  ];
  const claim = (storage: string, more: object = {}, phase = 'Bound') =>
    object(
      'v1',
      'PersistentVolumeClaim',
      {name: 'data', namespace: 'default'},
      {spec: {resources: {requests: {storage}}, ...more}, status: {phase}},
    );
  const resource = 'persistentvolumeclaims';

  it('gives a claim the newest default class, unless it names none', () => {
    expect(ask({plugin: 'DefaultStorageClass', resource, object: claim('1Gi'), store}).object.spec.storageClassName).toBe('b');
    expect(
      ask({plugin: 'DefaultStorageClass', resource, object: claim('1Gi', {storageClassName: ''}), store}).object.spec.storageClassName,
    ).toBe('');
  });
  it('lets a claim grow only when its class allows it and it is bound', () => {
    const grow = (storageClassName: string, phase?: string) =>
      ask({
        plugin: 'PersistentVolumeClaimResize',
        operation: 'UPDATE',
        resource,
        old: claim('1Gi', {storageClassName}, phase),
        object: claim('2Gi', {storageClassName}, phase),
        store,
      }).refused;
    expect(grow('b')).toBeUndefined();
    expect(grow('a')).toContain('only dynamically provisioned pvc can be resized');
    expect(grow('b', 'Pending')).toContain('Only bound persistent volume claims can be expanded');
  });
  it('protects volumes that are in use', () => {
    expect(ask({plugin: 'StorageObjectInUseProtection', resource, object: claim('1Gi')}).object.metadata.finalizers).toEqual([
      'kubernetes.io/pvc-protection',
    ]);
  });
  it('gives an ingress the default class', () => {
    const ingress = object('networking.k8s.io/v1', 'Ingress', {name: 'web', namespace: 'default'}, {spec: {}});
    const nginx = object('networking.k8s.io/v1', 'IngressClass', {
      name: 'nginx',
      annotations: {'ingressclass.kubernetes.io/is-default-class': 'true'},
    });
    expect(
      ask({plugin: 'DefaultIngressClass', resource: 'ingresses.networking.k8s.io', object: ingress, store: [nginx]}).object.spec
        .ingressClassName,
    ).toBe('nginx');
  });
});

describe('NodeRestriction', () => {
  const asKubelet = (more: object) => ask({plugin: 'NodeRestriction', user: KUBELET, ...more});
  it('keeps a kubelet to its own node', () => {
    const other = object('v1', 'Node', {name: 'node-2'});
    expect(asKubelet({operation: 'UPDATE', resource: 'nodes', object: other, old: other}).refused).toContain(
      'node "node-1" is not allowed to modify node "node-2"',
    );
  });
  it('keeps it from labels that steer pods to it, and from its taints', () => {
    const labelled = node({'node-restriction.kubernetes.io/team': 'a', 'kubernetes.io/hostname': 'node-1', 'example.com/free': 'yes'});
    expect(asKubelet({resource: 'nodes', object: labelled}).refused).toContain(
      'node "node-1" is not allowed to set the following labels: node-restriction.kubernetes.io/team',
    );
    const tainted = node({}, {spec: {taints: [{key: 'a', effect: 'NoSchedule'}]}});
    expect(asKubelet({operation: 'UPDATE', resource: 'nodes', object: node(), old: tainted}).refused).toContain(
      'is not allowed to modify taints',
    );
  });
  it('lets it show its own static pods, and no others', () => {
    const mirror = (more: object = {}) =>
      pod(
        {nodeName: 'node-1'},
        {
          annotations: {'kubernetes.io/config.mirror': 'x'},
          ownerReferences: [{apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'node-uid', controller: true}],
          ...more,
        },
      );
    expect(asKubelet({object: mirror(), store: [node()]}).refused).toBeUndefined();
    expect(asKubelet({object: mirror({annotations: {}}), store: [node()]}).refused).toContain('node "node-1" can only create mirror pods');
    expect(asKubelet({object: mirror({ownerReferences: []}), store: [node()]}).refused).toContain('with an owner reference set to itself');
  });
  it('lets it delete only what runs on it', () => {
    const store = [pod({nodeName: 'node-2'})];
    expect(asKubelet({operation: 'DELETE', old: store[0], store}).refused).toContain(
      'node "node-1" can only delete pods with spec.nodeName set to itself',
    );
  });
  it('issues tokens only for pods of the node', () => {
    const request = (uid: string) =>
      object(
        'authentication.k8s.io/v1',
        'TokenRequest',
        {name: 'builder', namespace: 'default'},
        {spec: {boundObjectRef: {apiVersion: 'v1', kind: 'Pod', name: 'web', uid}}},
      );
    const store = [pod({nodeName: 'node-1'}, {uid: 'pod-uid'})];
    expect(asKubelet({resource: 'serviceaccounts/token', object: request('pod-uid'), store}).refused).toBeUndefined();
    expect(asKubelet({resource: 'serviceaccounts/token', object: request('old'), store}).refused).toContain(
      'does not match the UID in record',
    );
  });
  it('is nobody else’s business', () => {
    expect(
      ask({plugin: 'NodeRestriction', resource: 'nodes', object: node({'node-restriction.kubernetes.io/team': 'a'})}).refused,
    ).toBeUndefined();
  });
});

describe('the rest of the table', () => {
  it('OwnerReferencesPermissionEnforcement: blocking an owner’s deletion takes the right to its finalizers', () => {
    const owned = pod({}, {ownerReferences: [{apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'u', blockOwnerDeletion: true}]});
    const plugin = 'OwnerReferencesPermissionEnforcement';
    expect(ask({plugin, object: owned}).refused).toContain(
      "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on",
    );
    expect(ask({plugin, object: owned, may: ['update replicasets/rs']}).refused).toBeUndefined();
  });
  it('CertificateApproval: only who may approve for the signer', () => {
    const csr = object(
      'certificates.k8s.io/v1',
      'CertificateSigningRequest',
      {name: 'c'},
      {spec: {signerName: 'example.com/a', request: ''}},
    );
    const asked = {
      plugin: 'CertificateApproval',
      operation: 'UPDATE',
      resource: 'certificatesigningrequests.certificates.k8s.io/approval',
      object: csr,
      old: csr,
    } as const;
    expect(ask(asked).refused).toContain('user not permitted to approve requests with signerName "example.com/a"');
    expect(ask({...asked, may: ['approve signers/example.com/*']}).refused).toBeUndefined();
  });
  it('CertificateSubjectRestriction: no certificate for system:masters', () => {
    const request = btoa(`-----BEGIN CERTIFICATE REQUEST-----\n${btoa('0\x82..system:masters..')}\n-----END CERTIFICATE REQUEST-----\n`);
    const csr = object(
      'certificates.k8s.io/v1',
      'CertificateSigningRequest',
      {name: 'c'},
      {spec: {signerName: 'kubernetes.io/kube-apiserver-client', request}},
    );
    expect(
      ask({plugin: 'CertificateSubjectRestriction', resource: 'certificatesigningrequests.certificates.k8s.io', object: csr}).refused,
    ).toContain('use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed');
  });
  it('DenyServiceExternalIPs: no new ones', () => {
    const service = (externalIPs: string[]) => object('v1', 'Service', {name: 's', namespace: 'default'}, {spec: {externalIPs}});
    const update = (ips: string[]) =>
      ask({plugin: 'DenyServiceExternalIPs', operation: 'UPDATE', resource: 'services', old: service(['1.1.1.1']), object: service(ips)})
        .refused;
    expect(update(['1.1.1.1'])).toBeUndefined();
    expect(update(['1.1.1.1', '2.2.2.2'])).toContain('Use of external IPs is denied by admission control.');
  });
  it('PodTopologyLabels: a bound pod learns its zone', () => {
    const binding = object('v1', 'Binding', {name: 'web', namespace: 'default'}, {target: {kind: 'Node', name: 'node-1'}});
    const store = [node({'topology.kubernetes.io/zone': 'a', other: 'x'})];
    expect(ask({plugin: 'PodTopologyLabels', resource: 'pods/binding', object: binding, store}).object.metadata.labels).toEqual({
      'topology.kubernetes.io/zone': 'a',
    });
  });
  describe('NodeDeclaredFeatureValidator', () => {
    const resized = (cpu: string) => pod({nodeName: 'node-1', resources: {requests: {cpu}}});
    const change = (declaredFeatures: string[], before: object, after: object) =>
      ask({
        plugin: 'NodeDeclaredFeatureValidator',
        operation: 'UPDATE',
        resource: 'pods/resize',
        old: before,
        object: after,
        store: [node({}, {status: {declaredFeatures}})],
      }).refused;
    it('refuses a change that the node of the pod cannot follow', () => {
      expect(change([], resized('1'), resized('2'))).toBe(
        'pods "web" is forbidden: pod update requires features InPlacePodLevelResourcesVerticalScaling which are not available on node "node-1"',
      );
      expect(change(['InPlacePodLevelResourcesVerticalScaling'], resized('1'), resized('2'))).toBeUndefined();
    });
    it('asks sidecars for nothing, other init containers for their own feature', () => {
      const withInit = (cpu: string, more: object = {}) =>
        pod({nodeName: 'node-1', initContainers: [{name: 'init', image: 'busybox', resources: {requests: {cpu}}, ...more}]});
      const sidecar = {restartPolicy: 'Always'};
      expect(change([], withInit('1', sidecar), withInit('2', sidecar))).toBeUndefined();
      expect(change([], withInit('1'), withInit('2'))).toContain('requires features InPlacePodVerticalScalingInitContainers which');
    });
    it('lets be what stays the same, and pods without a node', () => {
      expect(change([], resized('1'), resized('1000m'))).toBeUndefined();
      expect(change([], pod({resources: {requests: {cpu: '1'}}}), pod({resources: {requests: {cpu: '2'}}}))).toBeUndefined();
    });
  });
  describe('PodResizeValidator', () => {
    const sized = (cpu: string, memory = '1Gi') =>
      pod({nodeName: 'node-1', containers: [{name: 'c', image: 'nginx', resources: {requests: {cpu, memory}}}]});
    const resize = (after: object, os = 'linux') =>
      ask({
        plugin: 'PodResizeValidator',
        operation: 'UPDATE',
        resource: 'pods/resize',
        old: sized('1'),
        object: after,
        store: [node({'kubernetes.io/os': os}, {status: {allocatable: {cpu: '2', memory: '4Gi'}}})],
      }).refused;
    it('refuses what the node of the pod could never give', () => {
      expect(resize(sized('2', '4Gi'))).toBeUndefined();
      expect(resize(sized('2500m', '5Gi'))).toBe(
        `pods "web" is forbidden: Node didn't have enough allocatable resources: cpu, requested: 2500, allocatable: 2000; memory, requested: 5368709120, allocatable: 4294967296`,
      );
    });
    it('knows that only Linux can', () => {
      expect(resize(sized('2'), 'windows')).toBe(
        'pods "web" is forbidden: pod resize is only supported on linux nodes, node "node-1" is "windows"',
      );
    });
  });
  it('EventRateLimit: a burst, then as many as the rate allows', () => {
    const event = (name: string) =>
      object(
        'v1',
        'Event',
        {name, namespace: 'default', creationTimestamp: '2026-04-22T09:00:00Z'},
        {involvedObject: {}, source: {component: 'kubelet'}},
      );
    const config = {eventRateLimit: {limits: [{type: 'Namespace', qps: 1, burst: 2}]}} as const;
    const withEvents = (count: number) =>
      ask({
        plugin: 'EventRateLimit',
        config,
        resource: 'events',
        object: event('new'),
        store: Array.from({length: count}, (_, i) => event(`e${i}`)),
      });
    expect(withEvents(1).refused).toBeUndefined();
    expect(withEvents(2)).toMatchObject({refused: 'limit reached on type Namespace for key default', code: 429});
  });
  it('AlwaysDeny: nothing', () => {
    expect(ask({plugin: 'AlwaysDeny', object: pod()}).refused).toBe(
      'pods "web" is forbidden: admission control is denying all modifications',
    );
  });
});
