/** A manifest of a kind outside the core in, the causes of its refusal out. */
import {describe, expect, it} from 'vitest';
import {read} from './read.ts';

/** `field: message` of each error. */
function refusal(manifest: string): string[] {
  const {object, strategy} = read(manifest);
  strategy.prepareForCreate(object);
  return strategy.validateCreate(object).map(({field, body}) => `${field}: ${body}`);
}

function refusedUpdate(before: string, after: string, subresource = ''): string[] {
  const [old, {object, strategy}] = [read(before).object, read(after)];
  for (const each of [old, object]) each.metadata.resourceVersion = '1';
  strategy.prepareForUpdate(object, old, subresource);
  return strategy.validateUpdate(object, old, subresource).map(({field, body}) => `${field}: ${body}`);
}

describe('node', () => {
  it('RuntimeClass: its handler stays, and what changes is held to the same rules', () => {
    const runtimeClass = (rest: string) => `{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: sandboxed}, ${rest}}`;
    const plain = runtimeClass('handler: runsc');
    expect(refusedUpdate(plain, runtimeClass('handler: runsc, scheduling: {nodeSelector: {a: b}}'))).toEqual([]);
    expect(refusedUpdate(plain, runtimeClass('handler: kata'))).toEqual(['handler: Invalid value: "kata": field is immutable']);
    expect(refusedUpdate(plain, runtimeClass('handler: runsc, overhead: {podFixed: {cpu: "-1"}}'))).toEqual([
      'overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    ]);
  });
});

describe('storage', () => {
  it('CSIDriver: audiences differ, tokens live ten minutes, the server says attachedRequired', () => {
    const driver = (spec: string) => `{apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: csi.example.com}, spec: ${spec}}`;
    expect(refusal(driver('{}'))).toEqual([]);
    expect(
      refusal(
        driver(
          '{tokenRequests: [{audience: a, expirationSeconds: 60}, {audience: a}], volumeLifecycleModes: [Ever], nodeAllocatableUpdatePeriodSeconds: 5}',
        ),
      ),
    ).toEqual([
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
      'spec.volumeLifecycleModes: Unsupported value: "Ever": supported values: "Persistent", "Ephemeral"',
      'spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 5: must be greater than or equal to 10 seconds',
    ]);
    expect(refusedUpdate(driver('{attachRequired: true}'), driver('{attachRequired: false}'))).toEqual([
      'spec.attachedRequired: Invalid value: false: field is immutable',
    ]);
  });

  it('CSINode: keys of topology are told of at the driver', () => {
    expect(
      refusal(
        '{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: n1}, spec: {drivers: [{name: d.example.com, nodeID: n, topologyKeys: [zone, zone]}]}}',
      ),
    ).toEqual(['spec.drivers[0]: Duplicate value: "zone"']);
  });

  it('StorageClass: no two terms say the same', () => {
    const term = '{matchLabelExpressions: [{key: zone, values: [a, b]}]}';
    expect(
      refusal(
        `{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: a}, provisioner: x/y, allowedTopologies: [${term}, ${term.replace('a, b', 'b, a')}]}`,
      ),
    ).toEqual(['allowedTopologies[1].matchLabelExpressions: Duplicate value: ""']);
  });

  it('CSIStorageCapacity: for a class, and for that one alone', () => {
    const capacity = (rest: string) => `{apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: {name: a}, ${rest}}`;
    expect(refusal(capacity('storageClassName: A, capacity: -1'))).toEqual([
      expect.stringContaining('storageClassName: Invalid value: "A": a lowercase RFC 1123 subdomain'),
      'capacity: Invalid value: "-1": must be greater than or equal to 0',
    ]);
    expect(refusedUpdate(capacity('storageClassName: a'), capacity('storageClassName: b'))).toEqual([
      'storageClassName: Invalid value: "b": field is immutable',
    ]);
  });

  it('VolumeAttachment: v1 wants names of a driver and of a volume', () => {
    expect(
      refusal(
        '{apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: a}, spec: {attacher: a_b, nodeName: n1, source: {persistentVolumeName: pv}}}',
      ),
    ).toEqual([expect.stringMatching(/^spec\.attacher: Invalid value: "a_b": a lowercase RFC 1123 subdomain/)]);
  });
});

describe('autoscaling', () => {
  const autoscaler = (target: string, metrics: string) =>
    `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {maxReplicas: 3, scaleTargetRef: ${target}, metrics: [${metrics}]}}`;

  it.each([
    ['{apiVersion: apps/v1, kind: Deployment, name: web}', []],
    ['{apiVersion: v1, kind: ReplicationController, name: web}', []],
    ['{kind: Deployment, name: web}', ['spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group']],
    [
      '{apiVersion: a/b/c, kind: Deployment, name: web}',
      ['spec.scaleTargetRef.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c'],
    ],
  ])('what is scaled: %s', (target, expected) => {
    expect(refusal(autoscaler(target, ''))).toEqual(expected);
  });

  it('metrics', () => {
    const web = '{apiVersion: apps/v1, kind: Deployment, name: web}';
    expect(
      refusal(
        autoscaler(
          web,
          '{type: ContainerResource, containerResource: {name: cpu, container: A, target: {type: Utilization, averageUtilization: 50}}}',
        ),
      ),
    ).toEqual([expect.stringContaining('spec.metrics[0].containerResource.container: Invalid value: "A": a lowercase RFC 1123 label')]);
    expect(
      refusal(
        autoscaler(
          web,
          '{type: Object, object: {describedObject: {apiVersion: v1, kind: Service, name: s}, metric: {name: q}, target: {type: Value}}}',
        ),
      ),
    ).toEqual(['spec.metrics[0].object.target.averageValue: Required value: must set either a target value or averageValue']);
  });
});

it('Lease: a strategy is of Kubernetes, or has a prefix', () => {
  const lease = (spec: string) => `{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: a}, spec: ${spec}}`;
  expect(refusal(lease('{strategy: mine}'))).toEqual([
    'spec.strategy.strategy: Unsupported value: "mine": supported values: "OldestEmulationVersion"',
  ]);
  expect(refusal(lease('{strategy: example.com/mine, holderIdentity: ""}'))).toEqual([]);
  expect(refusal(lease('{preferredHolder: b}'))).toEqual([
    'spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined',
  ]);
});

it('EndpointSlice: hints are eight names, each once', () => {
  const slice = (hints: string) =>
    `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a}, addressType: IPv4, endpoints: [{addresses: [10.0.0.1], hints: ${hints}}]}`;
  expect(refusal(slice('{forZones: [{name: a}, {name: a}], forNodes: [{name: N}]}'))).toEqual([
    'endpoints[0].hints.forZones[1].name: Duplicate value: "a"',
    expect.stringMatching(/^endpoints\[0\]\.hints\.forNodes\[0\]\.name: Invalid value: "N": a lowercase RFC 1123 subdomain/),
  ]);
  const nine = Array.from({length: 9}, (_, i) => `{name: z${i}}`).join();
  expect(refusal(slice(`{forZones: [${nine}]}`))).toEqual(['endpoints[0].hints.forZones: Too many: 9: must have at most 8 items']);
});

describe('admissionregistration', () => {
  const policy = (spec: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: a}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods], resourceNames: [x, x]}]}
${spec}`;

  it('ValidatingAdmissionPolicy', () => {
    expect(refusal(policy('').replace(', resourceNames: [x, x]', ''))).toEqual(
      ['validations', 'auditAnnotations'].map(
        field => `spec.${field}: Required value: validations or auditAnnotations must contain at least one item`,
      ),
    );
    expect(
      refusal(
        policy(`  paramKind: {apiVersion: v1/v2/v3, kind: Con Fig}
  variables: [{name: in, expression: "1"}]
  validations: [{expression: "true", reason: Unauthorized, messageExpression: " "}]
  auditAnnotations: [{key: k, valueExpression: "'v'"}, {key: k}]`),
      ),
    ).toEqual([
      'spec.paramKind.apiVersion: Invalid value: "v1/v2/v3": unexpected GroupVersion string: v1/v2/v3',
      expect.stringContaining(
        'spec.paramKind.kind: Invalid value: "Con Fig": may have mixed case, but should otherwise match: a DNS-1035 label',
      ),
      'spec.matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: "x"',
      'spec.variables[0].name: Invalid value: "in": name is not a valid CEL identifier',
      'spec.validations[0].messageExpression: Invalid value: " ": must be non-empty if specified',
      'spec.validations[0].reason: Unsupported value: "Unauthorized": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
      'spec.auditAnnotations[1].valueExpression: Required value: valueExpression is not specified',
      'spec.auditAnnotations[1].key: Duplicate value: "k"',
    ]);
  });

  it('a binding names its parameters one way, and acts', () => {
    expect(
      refusal(
        '{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: a}, spec: {policyName: p, paramRef: {name: x, selector: {}, parameterNotFoundAction: Deny}}}',
      ),
    ).toEqual([
      'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
      'spec.validationActions: Required value: at least one validation action is required',
    ]);
  });
});

describe('CertificateSigningRequest', () => {
  const pem = (type: string) => btoa(`-----BEGIN ${type}-----\nAAAA\n-----END ${type}-----\n`);
  const request = (signer: string, status = '{}') =>
    `{apiVersion: certificates.k8s.io/v1, kind: CertificateSigningRequest, metadata: {name: a}, spec: {request: ${pem('CERTIFICATE REQUEST')}, signerName: ${signer}, usages: [client auth]}, status: ${status}}`;

  it.each([
    ['example.com/signer', []],
    [
      'signer',
      [`spec.signerName: Invalid value: "signer": must be a fully qualified domain and path of the form 'example.com/signer-name'`],
    ],
    ['example/signer', ['spec.signerName: Invalid value: "example": should be a domain with at least two segments separated by dots']],
    [
      'example.com/Up',
      [expect.stringMatching(/^spec\.signerName: Invalid value: "Up": validating label "Up": a lowercase RFC 1123 subdomain/)],
    ],
  ])('the signer %s', (signer, expected) => {
    expect(refusal(request(signer))).toEqual(expected);
  });

  it('what a signer writes is a certificate, and nobody approves and denies', () => {
    const plain = request('example.com/signer');
    const written = (type: string) => request('example.com/signer', `{certificate: ${pem(type)}}`);
    expect(refusedUpdate(plain, written('CERTIFICATE'), 'status')).toEqual([]);
    expect(refusedUpdate(plain, written('RSA KEY'), 'status')).toEqual([
      'status.certificate: Invalid value: "<certificate data>": only CERTIFICATE PEM blocks are allowed, found "RSA KEY"',
    ]);
    const both = request('example.com/signer', '{conditions: [{type: Approved, status: "True"}, {type: Denied, status: "True"}]}');
    expect(refusedUpdate(plain, both, 'approval')).toEqual([
      'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
    ]);
  });
});

it('CustomResourceDefinition: paths begin with a dot, a warning says something', () => {
  const definition = (version: string) =>
    `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: ships.sea.example}, spec: {group: sea.example, scope: Namespaced, names: {plural: ships, kind: Ship}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}, ${version}}]}}`;
  expect(
    refusal(
      definition(
        '{deprecated: true, deprecationWarning: "", subresources: {scale: {specReplicasPath: .spec.n, statusReplicasPath: n, labelSelectorPath: .metadata.x}}, additionalPrinterColumns: [{name: a, type: string, jsonPath: spec.a}]}'.slice(
          1,
          -1,
        ),
      ),
    ),
  ).toEqual([
    'spec.versions[0].deprecationWarning: Invalid value: "": must not be an empty string',
    'spec.subresources.scale.statusReplicasPath: Invalid value: "n": must be a simple json path starting with .',
    'spec.subresources.scale.labelSelectorPath: Invalid value: ".metadata.x": should be a json path under either .spec or .status',
    'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec.a": must be a simple json path starting with .',
  ]);
});

describe('core', () => {
  const node = (spec: string, status = '{}') => `{apiVersion: v1, kind: Node, metadata: {name: n1}, spec: ${spec}, status: ${status}}`;

  it('Node: what it declares is sorted, and its networks are of two families', () => {
    expect(refusal(node('{}', '{declaredFeatures: [A, A], nodeInfo: {swap: {capacity: 0}}}'))).toEqual([
      'metadata.nodeSwapStatus.capacity: Invalid value: 0: must be greater than zero',
      'status.declaredFeatures[1]: Duplicate value: "A"',
    ]);
    const plain = node('{}');
    expect(refusedUpdate(plain, node('{}', '{declaredFeatures: [B, A, lower]}'), 'status')).toEqual([
      'status.declaredFeatures[1]: Invalid value: "A": list must be sorted alphabetically',
      expect.stringContaining(
        'status.declaredFeatures[2]: Invalid value: "lower": invalid feature name "lower": must start with an UpperCamelCase segment',
      ),
    ]);
    expect(refusal(node('{podCIDRs: [10.0.0.0/16, x]}'))).toEqual([
      expect.stringContaining('spec.podCIDRs[1]: Invalid value: "x"'),
      'spec.podCIDRs: Internal error: invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[1]: <nil> (invalid CIDR address: x)',
      'spec.podCIDRs: Invalid value: ["10.0.0.0/16","x"]: may specify no more than one CIDR for each IP family',
    ]);
  });

  it('Service: any port may be balanced, and no warning is given of what nobody asked for', () => {
    const service = (spec: string) => `{apiVersion: v1, kind: Service, metadata: {name: a}, spec: ${spec}}`;
    expect(refusal(service('{type: LoadBalancer, ports: [{port: 10250}]}')).filter(text => text.includes('port'))).toEqual([]);
    const warnings = (spec: string) => {
      const {object, strategy} = read(service(spec));
      strategy.prepareForCreate(object);
      return strategy.warningsOnCreate?.(object);
    };
    expect(warnings('{clusterIP: None, ports: [{port: 80}]}')).toEqual([]);
    expect(warnings('{clusterIP: None, sessionAffinity: ClientIP, ports: [{port: 80}]}')).toEqual([
      'spec.SessionAffinity is ignored for headless services',
    ]);
  });

  it('Service: without node ports it forgets those it had, and its balancer', () => {
    const service = (spec: string, status = '{}') =>
      `{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7], ipFamilies: [IPv4], ipFamilyPolicy: SingleStack, ${spec}}, status: ${status}}`;
    const before = service(
      'type: LoadBalancer, ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: 30081}]',
      '{loadBalancer: {ingress: [{ip: 192.0.2.7}]}}',
    );
    const updated = (spec: string) => {
      const [old, {object, strategy}] = [read(before).object, read(service(spec))];
      for (const each of [old, object]) each.metadata.resourceVersion = '1';
      strategy.prepareForUpdate(object, old, '');
      return {object: object as any, errors: strategy.validateUpdate(object, old, '').map(({field, body}) => `${field}: ${body}`)};
    };
    const {object, errors} = updated('type: ClusterIP, ports: [{name: b, port: 81, nodePort: 30081}]');
    expect(errors).toEqual([]);
    expect(object).toMatchObject({spec: {ports: [{name: 'b', port: 81}]}, status: {loadBalancer: {}}});
    expect(object.spec.ports[0].nodePort).toBeUndefined();
    expect(updated('type: ClusterIP, ports: [{name: b, port: 81, nodePort: 30099}]').errors).toEqual([
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ]);
  });

  it('Service: addresses that are none have no families', () => {
    const spec = '{ipFamilyPolicy: RequireDualStack, clusterIP: a, clusterIPs: [a, b], ports: [{port: 80}]}';
    expect(refusal(`{apiVersion: v1, kind: Service, metadata: {name: a}, spec: ${spec}}`)).toEqual([
      expect.stringContaining('spec.clusterIPs[0]: Invalid value: "a": must be a valid IP address'),
      expect.stringContaining('spec.clusterIPs[1]: Invalid value: "b": must be a valid IP address'),
    ]);
  });

  it('CSIDriver: what is said to be false stays false', () => {
    const {object} = read('{apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: a}, spec: {attachRequired: false}}');
    expect(object).toMatchObject({spec: {attachRequired: false, podInfoOnMount: false}});
  });
});

describe('apps', () => {
  const pods = 'selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: i}]}}';
  const controller = (kind: string, spec: string) => `{apiVersion: apps/v1, kind: ${kind}, metadata: {name: a}, spec: {${spec}}}`;

  it.each([
    [
      controller('Deployment', `${pods}, strategy: {type: Slow}`),
      ['spec.strategy: Unsupported value: {"Type":"Slow","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"'],
    ],
    [
      controller('DaemonSet', `${pods}, updateStrategy: {type: Slow}`),
      ['spec.updateStrategy: Unsupported value: {"Type":"Slow","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"'],
    ],
    [
      controller('StatefulSet', `${pods}, updateStrategy: {type: OnDelete, rollingUpdate: {partition: 1}}`),
      [
        'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy \'RollingUpdate\'',
      ],
    ],
  ])('%s', (manifest, expected) => expect(refusal(manifest)).toEqual(expected));

  it('a DaemonSet without a selector is told that it finds no pods', () => {
    const template = 'template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: i}]}}';
    expect(refusal(controller('DaemonSet', template))).toEqual([
      'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
    ]);
  });
});

it('paths with a domain are blamed for the part that is wrong', () => {
  const ingressClass = (controller: string) =>
    refusal(`{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: a}, spec: {controller: "${controller}"}}`);
  expect(ingressClass('example.com/a/b')).toEqual([]);
  expect(ingressClass('nginx')).toEqual([
    'spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")',
  ]);
  expect(ingressClass('Example.com/a b')).toEqual([
    expect.stringContaining('spec.controller: Invalid value: "Example.com": a lowercase RFC 1123 subdomain must consist of'),
    expect.stringContaining('spec.controller: Invalid value: "a b": Invalid path'),
  ]);
});
