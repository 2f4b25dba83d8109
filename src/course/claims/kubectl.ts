/** Claims about what kubectl does before a request leaves. */
import type {Room} from './types.ts';

const CREATED = {request: {client: 'kubectl', verb: 'create', resource: 'pods', code: 201}};

export const kubectlRoom: Room = {
  name: 'kubectl',
  claims: [
    {
      source: '000:50',
      says: 'kubectl create dismisses a misformatted image name, unsent.',
      files: {
        'typo.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: typo
spec:
  containers:
    - name: web
      image: "nginx:::latest"
`,
      },
      run: ['kubectl create -f typo.yaml', 'sleep 5s', 'kubectl get pods typo'],
      ifSo: {
        all: [
          {never: {request: {client: 'kubectl', verb: 'create'}}},
          {eventually: {request: {client: 'kubectl', verb: 'get', name: 'typo', code: 404}}},
        ],
      },
      ifNot: {
        all: [
          {eventually: CREATED},
          {
            now: {
              object: {
                kind: 'Pod',
                metadata: {name: 'typo'},
                status: {containerStatuses: [{state: {waiting: {reason: 'InvalidImageName'}}}]},
              },
            },
          },
        ],
      },
      truth:
        'It is sent, answered with 201, stored and scheduled. The kubelet finds the fault: InvalidImageName. Only kubectl run looks at the syntax.',
    },
    {
      source: '000:50',
      says: 'kubectl itself dismisses requests for unsupported resources.',
      files: {
        'gadget.yaml': `apiVersion: v1
kind: Gadget
metadata:
  name: torch
`,
      },
      run: ['kubectl api-versions', 'kubectl create -f gadget.yaml'],
      ifSo: {
        all: [
          {eventually: {request: {client: 'kubectl', path: '/apis', code: 200}}},
          {eventually: {command: {line: '/gadget/', exitCode: 1}}},
          {never: {request: {client: 'kubectl', verb: 'create'}}},
        ],
      },
      ifNot: {eventually: {request: {client: 'kubectl', verb: 'create'}}},
      truth: 'kubectl knows from discovery what the server has: no matches for kind "Gadget", and nothing is sent.',
    },
    {
      source: '003:45',
      says: 'The OpenAPI schema is read at the path /apis.',
      run: ['kubectl explain pod.spec.nodeName'],
      ifSo: {
        all: [{eventually: {request: {client: 'kubectl', path: '/apis'}}}, {never: {request: {client: 'kubectl', path: '/^.openapi/'}}}],
      },
      ifNot: {eventually: {request: {client: 'kubectl', path: '/^.openapi.v[23]/', code: 200}}},
      truth: '/apis is discovery: which groups and versions there are. What their fields are is at /openapi/v2 and /openapi/v3.',
    },
    {
      source: '003:45',
      says: '$KUBECONFIG is heeded before the file ~/.kube/config.',
      files: {
        'elsewhere.conf': `apiVersion: v1
kind: Config
clusters:
  - name: elsewhere
    cluster:
      server: https://10.0.0.99:6443
contexts:
  - name: elsewhere
    context:
      cluster: elsewhere
      user: nobody
current-context: elsewhere
users:
  - name: nobody
    user: {}
`,
      },
      run: ['kubectl get pods', 'export KUBECONFIG=elsewhere.conf', 'kubectl get services'],
      ifSo: {
        all: [
          {eventually: {request: {client: 'kubectl', resource: 'pods', code: 200}}},
          {eventually: {command: {line: 'kubectl get services', exitCode: 1}}},
          {never: {request: {client: 'kubectl', resource: 'services'}}},
        ],
      },
      ifNot: {eventually: {request: {client: 'kubectl', resource: 'services', code: 200}}},
      tidy: ['unset KUBECONFIG'],
      truth: 'The flag --kubeconfig comes first, then $KUBECONFIG, then the file. The variable may name several files, which are merged.',
    },
    {
      source: '000:25',
      says: 'A manifest whose metadata.name is Apache-pod makes a pod.',
      files: {
        'apache-pod.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: Apache-pod
spec:
  containers:
    - name: apache-container
      image: httpd:latest
      ports:
        - containerPort: 80
`,
      },
      run: ['kubectl create -f apache-pod.yaml'],
      ifSo: {eventually: CREATED},
      ifNot: {eventually: {request: {client: 'kubectl', verb: 'create', resource: 'pods', code: 422, message: '/RFC 1123/'}}},
      truth: 'Names are lowercase (RFC 1123): the API server answers 422. It always has.',
    },
  ],
};
