/** Claims about controllers and the scheduler. */
import {SECRET_FOR_EACH_ACCOUNT} from '../../engine/cluster/profiles/profiles.ts';
import type {Room} from './types.ts';

export const deciderRoom: Room = {
  name: 'deciders',
  claims: [
    {
      source: '001:79',
      says: 'The token controller creates token Secrets for new namespaces.',
      run: ['kubectl create namespace fresh', 'sleep 5s', 'kubectl get serviceaccounts,secrets -n fresh'],
      ifSo: {now: {object: {kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: {namespace: 'fresh'}}}},
      ifNot: {
        all: [
          {now: {object: {kind: 'ServiceAccount', metadata: {name: 'default', namespace: 'fresh'}}}},
          {count: {object: {kind: 'Secret', metadata: {namespace: 'fresh'}}}, atMost: 0},
        ],
      },
      once: {
        version: '1.18',
        server: SECRET_FOR_EACH_ACCOUNT,
      },
      leaves: 'namespace/fresh',
      truth: 'The account is made; a Secret is not, since v1.24. Pods get tokens that run out, on demand.',
    },
    {
      source: '003:109',
      says: 'When its ReplicaSet is there, the Deployment controller is done.',
      files: {'shop.yaml': deployment('shop', 2)},
      run: ['kubectl create -f shop.yaml', 'sleep 3s', 'kubectl delete replicaset -l app=shop', 'sleep 3s', 'kubectl get replicasets'],
      ifSo: {
        all: [
          {eventually: {request: {client: 'kubectl', verb: 'delete', resource: 'replicasets', code: 200}}},
          {count: {object: {kind: 'ReplicaSet', metadata: {labels: {app: 'shop'}}}}, atMost: 0},
        ],
      },
      ifNot: {
        all: [
          {count: {request: {verb: 'create', resource: 'replicasets', code: 201}}, atLeast: 2},
          {now: {object: {kind: 'ReplicaSet', metadata: {labels: {app: 'shop'}}}}},
        ],
      },
      truth: 'It is never done: the ReplicaSet was deleted, and it made another. A loop compares for as long as it runs.',
    },
    {
      source: '003:111',
      says: 'The ReplicaSet controller makes pods in batches, with a slow start.',
      files: {
        'many.yaml': `apiVersion: v1
kind: ResourceQuota
metadata:
  name: three
spec:
  hard:
    count/pods: "3"
---
${deployment('many', 20)}`,
      },
      run: ['kubectl create -f many.yaml', 'sleep 100ms', 'kubectl get pods -l app=many'],
      ifSo: {count: {request: {verb: 'create', resource: 'pods', code: 403}}, atLeast: 1, atMost: 12},
      ifNot: {count: {request: {verb: 'create', resource: 'pods', code: 403}}, atLeast: 17},
      truth: 'One, two, four, doubling as long as all goes well: of the seventeen pods too many it tried four before it gave up the turn.',
    },
    {
      source: '003:119',
      says: 'Nodes are filtered by their CPU usage.',
      files: {
        'burner.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: burner
spec:
  nodeName: node-1
  containers:
    - name: app
      image: podyssey/app
      args: ["--cpu=3"]
`,
        'large.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: large
spec:
  nodeSelector:
    kubernetes.io/hostname: node-1
  containers:
    - name: web
      image: nginx:1.27
      resources:
        requests:
          cpu: 3500m
`,
      },
      run: ['kubectl create -f burner.yaml', 'sleep 20s', 'kubectl top nodes', 'kubectl create -f large.yaml', 'sleep 2s'],
      ifSo: {
        eventually: {object: {kind: 'Pod', metadata: {name: 'large'}, status: {conditions: [{type: 'PodScheduled', status: 'False'}]}}},
      },
      ifNot: {now: {object: {kind: 'Pod', metadata: {name: 'large'}, spec: {nodeName: 'node-1'}}}},
      truth: 'The scheduler adds up requests and never looks at usage: a node with three of four CPUs busy took a pod that asks for 3.5.',
    },
    {
      source: '002:175',
      says: 'Tolerations attract pods to nodes with the taint.',
      files: {
        'guests.yaml': deployment(
          'guests',
          6,
          `      tolerations:
        - key: team
          value: blue
          effect: NoSchedule
`,
        ),
      },
      run: [
        'kubectl taint node node-2 team=blue:NoSchedule',
        'kubectl create -f guests.yaml',
        'sleep 2s',
        'kubectl get pods -l app=guests -o wide',
      ],
      ifSo: {count: {object: {kind: 'Pod', metadata: {labels: {app: 'guests'}}, spec: {nodeName: 'node-2'}}}, atLeast: 5},
      ifNot: {
        all: [
          {count: {object: {kind: 'Pod', metadata: {labels: {app: 'guests'}}, spec: {nodeName: 'node-2'}}}, atMost: 3},
          {now: {object: {kind: 'Pod', metadata: {labels: {app: 'guests'}}, spec: {nodeName: 'node-3'}}}},
        ],
      },
      tidy: ['kubectl taint node node-2 team-'],
      truth: 'To be let in is not to be drawn in: the six are spread over all nodes. Affinity attracts.',
    },
  ],
};

/** A Deployment of web servers; `extra` are further lines of its pods' spec. */
function deployment(name: string, replicas: number, extra = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
${extra}      containers:
        - name: web
          image: nginx:1.27
`;
}
