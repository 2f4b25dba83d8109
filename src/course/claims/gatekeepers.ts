/** Claims about authentication, authorization and admission. */
import {defaultServerConfig} from '../../engine/apiserver/config.ts';
import {plainPod} from './plain-pod.ts';
import type {Room} from './types.ts';

export const gatekeeperRoom: Room = {
  name: 'gatekeepers',
  claims: [
    {
      source: '000:62',
      says: 'The API server validates basic auth: a user name and a password.',
      files: {
        'old.conf': `apiVersion: v1
kind: Config
clusters:
  - name: podyssey
    cluster:
      server: https://192.168.0.2:6443
      insecure-skip-tls-verify: true
users:
  - name: old
    user:
      username: old
      password: secret
contexts:
  - name: old
    context:
      cluster: podyssey
      user: old
current-context: old
`,
      },
      run: ['kubectl get pods --kubeconfig=old.conf'],
      ifSo: {eventually: {request: {client: 'kubectl', user: 'old'}}},
      ifNot: {eventually: {request: {client: 'kubectl', user: 'system:anonymous'}}},
      once: {
        version: '1.18',
        server: {
          authentication: {...defaultServerConfig.authentication, basicAuth: {old: {password: 'secret', groups: ['system:masters']}}},
        },
      },
      truth: 'No authenticator reads passwords: --basic-auth-file was removed in v1.19. The request is taken as anonymous.',
    },
    {
      source: '003:75',
      says: 'The Node authorizer gives a kubelet what belongs to its own node.',
      files: {
        'cook.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: recipe
stringData:
  sauce: dill
---
apiVersion: v1
kind: Pod
metadata:
  name: cook
spec:
  nodeName: node-1
  containers:
    - name: app
      image: nginx:1.27
      envFrom:
        - secretRef:
            name: recipe
`,
      },
      run: [
        'kubectl create -f cook.yaml',
        'kubectl get secret recipe --as=system:node:node-1 --as-group=system:nodes',
        'kubectl get secret recipe --as=system:node:node-2 --as-group=system:nodes',
      ],
      ifSo: {
        all: [
          {eventually: {request: {client: 'kubectl', user: 'system:node:node-1', resource: 'secrets', code: 200}}},
          {eventually: {request: {client: 'kubectl', user: 'system:node:node-2', resource: 'secrets', code: 403}}},
        ],
      },
      ifNot: {eventually: {request: {client: 'kubectl', user: 'system:node:node-2', resource: 'secrets', code: 200}}},
      truth: 'It follows the edges from a node to its pods and on to their Secrets: node-1 may read this one, node-2 may not.',
    },
    {
      source: '003:88',
      says: 'The request is decoded only after admission has let it pass.',
      files: {
        'garbled.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: garbled
spec:
  containers: none
`,
        'sound.yaml': plainPod('sound'),
      },
      run: ['kubectl create -f sound.yaml -n nowhere', 'kubectl create -f garbled.yaml -n nowhere --validate=false'],
      ifSo: {count: {request: {client: 'kubectl', verb: 'create', namespace: 'nowhere', code: 404}}, atLeast: 2},
      ifNot: {
        all: [
          {eventually: {request: {client: 'kubectl', verb: 'create', namespace: 'nowhere', code: 404}}},
          {eventually: {request: {client: 'kubectl', verb: 'create', namespace: 'nowhere', code: 400}}},
        ],
      },
      truth:
        'Decoded first: 400 comes before the plugin NamespaceLifecycle could say 404. Then mutating admission, validation, validating admission, the store.',
    },
    {
      source: '000:82',
      says: 'LimitRanger determines the requests of containers that have none.',
      files: {
        'limits.yaml': `apiVersion: v1
kind: LimitRange
metadata:
  name: limits
spec:
  limits:
    - type: Container
      defaultRequest:
        cpu: 100m
`,
        'modest.yaml': plainPod('modest'),
      },
      run: ['kubectl create -f limits.yaml', 'kubectl create -f modest.yaml'],
      ifSo: {now: {object: {kind: 'Pod', metadata: {name: 'modest'}, spec: {containers: [{resources: {requests: {cpu: '100m'}}}]}}}},
      ifNot: {now: {object: {kind: 'Pod', metadata: {name: 'modest'}, spec: {containers: [{resources: {requests: {exists: false}}}]}}}},
      truth: 'Where a LimitRange has a default, the plugin writes it into the pod on its way in.',
    },
    {
      source: '002:135',
      says: 'PodSecurityPolicy checks a pod with privileged access.',
      files: {
        'root.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: root
spec:
  containers:
    - name: web
      image: nginx:1.27
      securityContext:
        privileged: true
`,
      },
      run: ['kubectl create -f root.yaml'],
      ifSo: {eventually: {request: {verb: 'create', resource: 'pods', code: 403, message: '/pod security policy/'}}},
      ifNot: {eventually: {request: {verb: 'create', resource: 'pods', code: 201}}},
      once: {
        version: '1.18',
        server: {
          admission: {
            enable: ['NodeRestriction', 'PodSecurityPolicy'],
            disable: ['PodSecurity'],
            plugins: {podSecurityPolicies: [{name: 'restricted', volumes: ['configMap', 'emptyDir', 'projected', 'secret']}]},
          },
        },
      },
      truth: 'It was removed in v1.25. PodSecurity does it by labels of the namespace, and this one has none: 201.',
    },
  ],
};
