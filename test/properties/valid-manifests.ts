/** One sound manifest of every kind that can be stored, as small as it can be while each of its parts says something. */

type Manifest = Readonly<Record<string, unknown>>;

const LABELS = {app: 'web'};
const SELECTOR = {matchLabels: LABELS};
const POD_SPEC = {
  containers: [
    {
      name: 'app',
      image: 'nginx:1.27',
      ports: [{name: 'http', containerPort: 80}],
      env: [
        {name: 'A', value: 'x'},
        {name: 'B', valueFrom: {fieldRef: {fieldPath: 'metadata.name'}}},
      ],
      resources: {requests: {cpu: '100m', memory: '64Mi'}, limits: {memory: '64Mi'}},
      volumeMounts: [{name: 'tmp', mountPath: '/tmp'}],
      livenessProbe: {httpGet: {path: '/', port: 'http'}},
      securityContext: {runAsUser: 1000, capabilities: {drop: ['ALL']}},
    },
  ],
  initContainers: [{name: 'init', image: 'busybox:1.36', command: ['true']}],
  volumes: [{name: 'tmp', emptyDir: {sizeLimit: '1Gi'}}],
  nodeSelector: {disk: 'ssd'},
  tolerations: [{key: 'a', operator: 'Exists', effect: 'NoSchedule'}],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{matchExpressions: [{key: 'zone', operator: 'In', values: ['a']}]}],
      },
    },
    podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: SELECTOR, topologyKey: 'zone'}]},
  },
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: SELECTOR}],
};
const TEMPLATE = {metadata: {labels: LABELS}, spec: POD_SPEC};
const JOB_TEMPLATE = {metadata: {labels: LABELS}, spec: {...POD_SPEC, restartPolicy: 'Never'}};
const RULES = [{apiGroups: [''], resources: ['pods'], verbs: ['get']}];
const SUBJECTS = [{kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io'}];
const MATCH = {resourceRules: [{operations: ['CREATE'], apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['widgets']}]};
const WEBHOOK = {
  name: 'hook.example.com',
  clientConfig: {service: {namespace: 'tools', name: 'hook'}},
  rules: [{operations: ['CREATE'], apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['widgets']}],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};
const CLAIM_SPEC = {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}, storageClassName: 'fast'};
const TIME = '2026-04-22T09:00:00.000000Z';

const REQUEST = btoa('-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----\n');

/** apiVersion -> kind -> the rest. */
export const VALID: Readonly<Record<string, Readonly<Record<string, Manifest>>>> = {
  v1: {
    ConfigMap: {data: {a: '1'}, binaryData: {b: 'AAE='}},
    Endpoints: {subsets: [{addresses: [{ip: '10.1.2.3'}], ports: [{port: 80, name: 'http'}]}]},
    Event: {
      involvedObject: {kind: 'Pod', name: 'web', namespace: 'default'},
      reason: 'Because',
      message: 'so',
      type: 'Normal',
      source: {component: 'x'},
    },
    LimitRange: {spec: {limits: [{type: 'Container', max: {cpu: '4'}, default: {cpu: '2'}, defaultRequest: {cpu: '1'}}]}},
    Namespace: {},
    Node: {spec: {taints: [{key: 'a', value: 'b', effect: 'NoSchedule'}], podCIDR: '10.244.9.0/24'}},
    PersistentVolume: {
      spec: {capacity: {storage: '1Gi'}, accessModes: ['ReadWriteOnce'], hostPath: {path: '/data'}, storageClassName: 'fast'},
    },
    PersistentVolumeClaim: {spec: CLAIM_SPEC},
    Pod: {spec: POD_SPEC},
    PodTemplate: {template: TEMPLATE},
    ReplicationController: {spec: {replicas: 1, selector: LABELS, template: TEMPLATE}},
    ResourceQuota: {spec: {hard: {'count/widgets.example.com': '3'}}},
    Secret: {type: 'Opaque', data: {a: 'AAE='}, stringData: {b: 'x'}},
    Service: {
      spec: {
        selector: LABELS,
        ports: [
          {name: 'http', port: 80, targetPort: 'http'},
          {name: 'dns', port: 53, protocol: 'UDP'},
        ],
        type: 'NodePort',
      },
    },
    ServiceAccount: {secrets: [{name: 'a'}], imagePullSecrets: [{name: 'b'}]},
  },
  'admissionregistration.k8s.io/v1': {
    MutatingAdmissionPolicy: {
      spec: {matchConstraints: MATCH, reinvocationPolicy: 'Never', mutations: [{patchType: 'JSONPatch', jsonPatch: {expression: '[]'}}]},
    },
    MutatingAdmissionPolicyBinding: {spec: {policyName: 'p'}},
    MutatingWebhookConfiguration: {webhooks: [{...WEBHOOK, reinvocationPolicy: 'IfNeeded'}]},
    ValidatingAdmissionPolicy: {spec: {matchConstraints: MATCH, validations: [{expression: 'true', message: 'never'}]}},
    ValidatingAdmissionPolicyBinding: {spec: {policyName: 'p', validationActions: ['Deny']}},
    ValidatingWebhookConfiguration: {webhooks: [WEBHOOK]},
  },
  'apiextensions.k8s.io/v1': {
    CustomResourceDefinition: {
      metadata: {name: 'widgets.example.com'},
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: {plural: 'widgets', kind: 'Widget'},
        versions: [
          {name: 'v1', served: true, storage: true, schema: {openAPIV3Schema: {type: 'object', properties: {spec: {type: 'object'}}}}},
        ],
      },
    },
  },
  'apiregistration.k8s.io/v1': {
    APIService: {
      metadata: {name: 'v1.things.example.com'},
      spec: {
        group: 'things.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 10,
        service: {namespace: 'default', name: 'things'},
        insecureSkipTLSVerify: true,
      },
    },
  },
  'apps/v1': {
    ControllerRevision: {revision: 1, data: {spec: {}}},
    DaemonSet: {
      spec: {selector: SELECTOR, template: TEMPLATE, updateStrategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: 1}}},
    },
    Deployment: {
      spec: {replicas: 2, selector: SELECTOR, template: TEMPLATE, strategy: {rollingUpdate: {maxSurge: '25%', maxUnavailable: 0}}},
    },
    ReplicaSet: {spec: {replicas: 1, selector: SELECTOR, template: TEMPLATE}},
    StatefulSet: {
      spec: {
        replicas: 1,
        serviceName: 'web',
        selector: SELECTOR,
        template: TEMPLATE,
        volumeClaimTemplates: [{metadata: {name: 'data'}, spec: CLAIM_SPEC}],
      },
    },
  },
  'autoscaling/v2': {
    HorizontalPodAutoscaler: {
      spec: {
        scaleTargetRef: {apiVersion: 'apps/v1', kind: 'Deployment', name: 'web'},
        minReplicas: 1,
        maxReplicas: 5,
        metrics: [{type: 'Resource', resource: {name: 'cpu', target: {type: 'Utilization', averageUtilization: 50}}}],
        behavior: {scaleDown: {policies: [{type: 'Pods', value: 1, periodSeconds: 60}]}},
      },
    },
  },
  'batch/v1': {
    CronJob: {spec: {schedule: '*/5 * * * *', timeZone: 'Etc/UTC', jobTemplate: {spec: {template: JOB_TEMPLATE}}}},
    Job: {spec: {completions: 2, parallelism: 1, backoffLimit: 3, template: JOB_TEMPLATE}},
  },
  'certificates.k8s.io/v1': {
    CertificateSigningRequest: {
      spec: {request: REQUEST, signerName: 'example.com/signer', usages: ['client auth'], expirationSeconds: 3600},
    },
  },
  'coordination.k8s.io/v1': {
    Lease: {spec: {holderIdentity: 'me', leaseDurationSeconds: 15, renewTime: TIME}},
  },
  'discovery.k8s.io/v1': {
    EndpointSlice: {
      addressType: 'IPv4',
      endpoints: [{addresses: ['10.1.2.3'], conditions: {ready: true}, nodeName: 'n1'}],
      ports: [{name: 'http', port: 80, protocol: 'TCP'}],
    },
  },
  'events.k8s.io/v1': {
    Event: {
      eventTime: TIME,
      reportingController: 'example.com/x',
      reportingInstance: 'x-1',
      action: 'Binding',
      reason: 'Because',
      regarding: {kind: 'Pod', name: 'web', namespace: 'default'},
      type: 'Normal',
    },
  },
  'networking.k8s.io/v1': {
    IPAddress: {metadata: {name: '10.96.0.77'}, spec: {parentRef: {resource: 'services', name: 'web', namespace: 'default'}}},
    Ingress: {
      spec: {
        rules: [
          {host: 'a.example.com', http: {paths: [{path: '/', pathType: 'Prefix', backend: {service: {name: 'web', port: {number: 80}}}}]}},
        ],
        tls: [{hosts: ['a.example.com'], secretName: 'cert'}],
      },
    },
    IngressClass: {spec: {controller: 'example.com/ingress'}},
    NetworkPolicy: {
      spec: {
        podSelector: SELECTOR,
        policyTypes: ['Ingress'],
        ingress: [
          {from: [{podSelector: SELECTOR}, {ipBlock: {cidr: '10.0.0.0/8', except: ['10.1.0.0/16']}}], ports: [{port: 80, protocol: 'TCP'}]},
        ],
      },
    },
    ServiceCIDR: {spec: {cidrs: ['10.200.0.0/24']}},
  },
  'node.k8s.io/v1': {RuntimeClass: {handler: 'runc', overhead: {podFixed: {cpu: '10m'}}}},
  'policy/v1': {PodDisruptionBudget: {spec: {minAvailable: 1, selector: SELECTOR}}},
  'rbac.authorization.k8s.io/v1': {
    ClusterRole: {rules: RULES},
    ClusterRoleBinding: {roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view'}, subjects: SUBJECTS},
    Role: {rules: RULES},
    RoleBinding: {roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r'}, subjects: SUBJECTS},
  },
  'scheduling.k8s.io/v1': {PriorityClass: {value: 10, preemptionPolicy: 'Never'}},
  'storage.k8s.io/v1': {
    CSIDriver: {spec: {attachRequired: false, podInfoOnMount: true}},
    CSINode: {spec: {drivers: [{name: 'a.example.com', nodeID: 'n1'}]}},
    CSIStorageCapacity: {storageClassName: 'fast', capacity: '10Gi'},
    StorageClass: {provisioner: 'example.com/disk', reclaimPolicy: 'Delete', volumeBindingMode: 'WaitForFirstConsumer'},
    VolumeAttachment: {spec: {attacher: 'a.example.com', nodeName: 'n1', source: {persistentVolumeName: 'pv'}}},
  },
};
