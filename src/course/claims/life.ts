/** Claims about how a pod is reached, and how it ends. */
import {plainPod} from './plain-pod.ts';
import type {Room} from './types.ts';

const pod = (name: string, status: Readonly<Record<string, unknown>>) => ({object: {kind: 'Pod', metadata: {name}, status}});

const shortLived = (name: string, code: number): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  restartPolicy: Never
  nodeName: node-1
  containers:
    - name: app
      image: busybox:1.36
      command: [sh, -c, "exit ${code}"]
`;

export const lifeRoom: Room = {
  name: 'life',
  claims: [
    {
      source: '001:234',
      says: 'Failed means: all containers of the pod have terminated in success.',
      files: {'good.yaml': shortLived('good', 0), 'bad.yaml': shortLived('bad', 1)},
      run: ['kubectl create -f good.yaml', 'kubectl create -f bad.yaml', 'sleep 10s', 'kubectl get pods good bad'],
      ifSo: {now: pod('good', {phase: 'Failed'})},
      ifNot: {all: [{now: pod('good', {phase: 'Succeeded'})}, {now: pod('bad', {phase: 'Failed'})}]},
      truth: 'All have ended and at least one in failure: exit code 1 here. In success the phase is Succeeded.',
    },
    {
      source: '001:219',
      says: 'Containers of one pod share its IP address and port space.',
      files: {
        'clash.yaml': plainPod('clash', '  nodeName: node-2\n').concat('    - name: second\n      image: nginx:1.27\n'),
      },
      run: ['kubectl create -f clash.yaml', 'sleep 15s', 'kubectl logs clash -c second --previous', 'kubectl get pod clash'],
      ifSo: {
        eventually: {
          object: {kind: 'Pod', metadata: {name: 'clash'}, status: {containerStatuses: [{name: 'second', restartCount: {gte: 1}}]}},
        },
      },
      ifNot: {now: pod('clash', {conditions: [{type: 'Ready', status: 'True'}]})},
      truth: 'Two servers want port 80 of one address; the second cannot bind, and is started again and again.',
    },
    {
      source: '001:184',
      says: "By default the API server does not verify a kubelet's certificate.",
      files: {'bank.yaml': plainPod('bank', '  nodeName: node-1\n')},
      run: ['kubectl create -f bank.yaml', 'sleep 10s', 'chaos impostor put node-1', 'kubectl logs bank'],
      ifSo: {eventually: {trace: {component: 'impostor', stage: 'Heard'}}},
      ifNot: {eventually: {request: {resource: 'pods/log', code: 500}}},
      tidy: ['chaos impostor remove node-1'],
      truth: 'It is so until --kubelet-certificate-authority is given: whoever sits at the address of the node was believed.',
    },
    {
      source: '001:254',
      says: 'With a NodePort you reach the pods by any node, from outside.',
      files: {
        'door.yaml': `${plainPod('door', '  nodeName: node-1\n')}---
apiVersion: v1
kind: Service
metadata:
  name: door
spec:
  type: NodePort
  selector:
    app: door
  ports:
    - port: 80
      nodePort: 30777
`,
      },
      run: ['kubectl create -f door.yaml', 'sleep 12s', 'trace 192.168.0.12:30777'],
      ifSo: {
        eventually: {
          packet: {from: {kind: 'outside'}, to: {port: 30777}, connection: {verdict: 'answered', endpoint: {pod: {name: 'door'}}}},
        },
      },
      ifNot: {
        all: [
          {now: pod('door', {phase: 'Running'})},
          {eventually: {packet: {to: {port: 30777}, connection: {verdict: {not: 'answered'}}}}},
        ],
      },
      truth: 'The pod is on node-1, the packet came to node-2: the rules of kube-proxy are on every node.',
    },
    {
      source: '002:252',
      says: 'If the startup probe fails, Kubernetes restarts the container.',
      files: {
        'once.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: once
spec:
  restartPolicy: Never
  nodeName: node-2
  containers:
    - name: app
      image: podyssey/app
      args: ["--start-delay=60s", "--term=ignore"]
      startupProbe:
        httpGet:
          path: /
          port: 8080
        periodSeconds: 2
        failureThreshold: 2
  terminationGracePeriodSeconds: 2
`,
      },
      run: ['kubectl create -f once.yaml', 'sleep 20s', 'kubectl get pod once'],
      ifSo: {eventually: pod('once', {containerStatuses: [{restartCount: {gte: 1}}]})},
      ifNot: {now: pod('once', {phase: 'Failed', containerStatuses: [{restartCount: 0, state: {terminated: {exists: true}}}]})},
      truth: 'The kubelet kills it. Whether another is started is for restartPolicy to say; with Never the pod has Failed.',
    },
  ],
};
