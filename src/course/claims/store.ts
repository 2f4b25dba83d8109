/** Claims about etcd and what becomes visible of it. */
import type {Check, Match} from '../types.ts';
import {plainPod} from './plain-pod.ts';
import type {Room} from './types.ts';

const LAST_WRITE: Match = {commit: {type: 'create', key: '/registry/configmaps/default/last'}};
const WRITTEN_WITHOUT_IT: Check = {eventually: {commit: {}}, after: {command: {line: 'chaos stop kube-apiserver', exitCode: 0}}};
const STARTED: Match = {trace: {component: 'kubelet', stage: 'Admission', subject: 'pod/default/deaf'}};

const ONE_FAILED: Check = {
  all: [
    {eventually: {request: {client: 'kubectl', resource: 'configmaps', verb: 'list', code: 200}}},
    {eventually: {command: {line: 'chaos etcd stop etcd-2', exitCode: 0}}},
  ],
};

/** As an initializer of 2017 put it in: after defaulting, so it says everything. */
const PROXY = {
  name: 'proxy',
  image: 'traefik:v3.1',
  imagePullPolicy: 'IfNotPresent',
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};

export const storeRoom: Room = {
  name: 'store',
  claims: [
    {
      source: '004:13',
      says: 'After a write the API server reads the object back, to be sure.',
      run: ['kubectl create configmap slip --from-literal=text=hello'],
      ifSo: {eventually: {request: {verb: 'create', name: 'slip', stages: [{stage: 'etcd', detail: '/read/'}]}}},
      ifNot: {
        all: [
          {
            eventually: {
              request: {verb: 'create', name: 'slip', code: 201, stages: [{stage: 'etcd', detail: '/did not exist, put at revision/'}]},
            },
          },
          {never: {stage: {verb: 'create', name: 'slip', stage: 'etcd', detail: '/read/'}}},
        ],
      },
      leaves: 'configmap/slip',
      truth:
        'One transaction: if the key does not exist, put. Its success says enough; there is a read only where the key turns out to be there.',
    },
    {
      source: '002:163',
      says: 'Kubelets watch keys in etcd.',
      files: {'deaf.yaml': plainPod('deaf', '  nodeName: node-1\n')},
      run: [
        'chaos cut kubelet/node-1 pods',
        'kubectl create -f deaf.yaml',
        'sleep 5s',
        'etcdctl get /registry/pods/default/deaf --keys-only',
        'kubectl get pod deaf',
      ],
      ifSo: {eventually: STARTED},
      ifNot: {all: [{eventually: {commit: {type: 'create', key: '/registry/pods/default/deaf'}}}, {never: STARTED}]},
      tidy: ['chaos mend kubelet/node-1 pods'],
      truth: 'With its watch of the API server cut, the kubelet hears nothing of a pod that is in etcd. Only the API server watches etcd.',
    },
    {
      source: '001:59',
      says: 'The API server is the only component that communicates with etcd.',
      run: [
        'kubectl create configmap last --from-literal=text=hello',
        'chaos stop kube-apiserver',
        'etcdctl endpoint status',
        'sleep 8s',
        'etcdctl endpoint status',
      ],
      ifSo: {all: [{eventually: LAST_WRITE}, {not: WRITTEN_WITHOUT_IT}]},
      ifNot: WRITTEN_WITHOUT_IT,
      tidy: ['chaos start kube-apiserver', 'sleep 30s'],
      leaves: 'configmap/last',
      truth: 'With it stopped not one revision was written in eight seconds, though kubelets, scheduler and controllers all ran.',
    },
    {
      source: '003:95',
      says: 'Initializers may put a sidecar into a pod before it becomes visible.',
      files: {'bare.yaml': plainPod('bare')},
      run: ['kubectl create -f bare.yaml', 'sleep 3s', 'kubectl get pod bare'],
      ifSo: {now: {object: {kind: 'Pod', metadata: {name: 'bare'}, spec: {containers: [{name: 'proxy'}]}}}},
      ifNot: {now: {object: {kind: 'Pod', metadata: {name: 'bare'}, spec: {containers: {size: 1}}}}},
      once: {
        version: '1.9',
        server: {
          admission: {
            enable: ['NodeRestriction', 'Initializers'],
            disable: [],
            plugins: {
              initializers: [
                {
                  name: 'proxy.mesh.example',
                  resources: ['pods'],
                  patch: [{op: 'add', path: '/spec/containers/-', value: PROXY}],
                },
              ],
            },
          },
        },
      },
      truth:
        'An alpha of v1.7, gone in v1.14. Webhooks and CEL policies do it now, before the object is stored; what is stored can be seen at once.',
    },
    {
      source: '002:157',
      says: 'If one node of etcd fails, the data is accessible from the others.',
      run: [
        'kubectl get configmaps',
        'chaos etcd stop etcd-2',
        'sleep 2s',
        'kubectl create configmap kept --from-literal=text=hello',
        'kubectl get configmap kept',
      ],
      ifSo: {all: [ONE_FAILED, {eventually: {request: {client: 'kubectl', verb: 'get', name: 'kept', code: 200}}}]},
      ifNot: {all: [ONE_FAILED, {eventually: {command: {line: '/configmap kept/', exitCode: 1}}}]},
      tidy: ['chaos etcd start etcd-2'],
      leaves: 'configmap/kept',
      truth: 'Two of three are a majority: they read and write. With two gone the third has all the data and takes no write.',
    },
  ],
};
