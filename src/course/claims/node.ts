/** Claims about the kubelet and what it makes of a pod. */
import type {Check, Match} from '../types.ts';
import {plainPod} from './plain-pod.ts';
import type {Room} from './types.ts';

const inPhase = (name: string, phase: string): Match => ({object: {kind: 'Pod', metadata: {name}, status: {phase}}});

const MAIN_STARTS: Match = {trace: {stage: 'CRI', subject: 'pod/default/steps', detail: '/^StartContainer web/'}};
const INIT_ENDS_FIRST: Check = {
  before: {trace: {stage: 'CRI', subject: 'pod/default/steps', detail: '/container migrate exited/'}},
  never: MAIN_STARTS,
};

export const nodeRoom: Room = {
  name: 'node',
  claims: [
    {
      source: '000:136',
      says: 'Every 20 seconds the kubelet polls the API server for its pods.',
      files: {'quick.yaml': plainPod('quick', '  nodeName: node-1\n')},
      run: ['kubectl create -f quick.yaml', 'sleep 1s', 'crictl pods node-1'],
      ifSo: {
        all: [
          {eventually: {commit: {type: 'create', key: '/registry/pods/default/quick'}}},
          {never: {trace: {component: 'kubelet', stage: 'Admission', subject: 'pod/default/quick'}}},
        ],
      },
      ifNot: {eventually: {trace: {component: 'kubelet', stage: 'Admission', subject: 'pod/default/quick'}}},
      truth: 'It watches, and hears of its pod at once. 20 s is how often it reads its two other sources, a folder and a URL.',
    },
    {
      source: '004:37',
      says: "Pods that fail the kubelet's AppArmor check stay Pending for ever.",
      files: {
        'armor.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: armor
spec:
  nodeName: node-2
  containers:
    - name: app
      image: nginx:1.27
      securityContext:
        appArmorProfile:
          type: Localhost
          localhostProfile: harbour
`,
      },
      run: ['kubectl create -f armor.yaml', 'sleep 5s', 'kubectl get pod armor'],
      ifSo: {now: {object: {kind: 'Pod', metadata: {name: 'armor'}, status: {phase: 'Pending', reason: 'AppArmor'}}}},
      ifNot: {now: inPhase('armor', 'Failed')},
      once: {version: '1.18', kubelets: {softAdmission: true}},
      truth: 'They are Failed for good since v1.31; a controller may make another.',
    },
    {
      source: '004:57',
      says: 'The init containers run first, and only then the main containers.',
      files: {
        'steps.yaml': plainPod(
          'steps',
          `  nodeName: node-2
  initContainers:
    - name: migrate
      image: busybox:1.36
      command: [sleep, "3"]
`,
        ),
      },
      run: ['kubectl create -f steps.yaml', 'sleep 15s', 'kubectl get pod steps'],
      ifSo: {all: [{now: inPhase('steps', 'Running')}, INIT_ENDS_FIRST]},
      ifNot: {all: [{eventually: MAIN_STARTS}, {not: INIT_ENDS_FIRST}]},
      truth:
        'One after the other, each to a good end; then the others together. A sidecar (restartPolicy Always) only has to have started.',
    },
    {
      source: '000:146',
      says: 'The CPU manager gives each container a set of CPUs to run on.',
      files: {
        'pinned.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: pinned
spec:
  nodeName: node-3
  containers:
    - name: app
      image: nginx:1.27
      resources:
        limits:
          cpu: "1"
          memory: 100Mi
`,
      },
      run: ['kubectl create -f pinned.yaml', 'sleep 8s', 'kubectl get pod pinned'],
      ifSo: {eventually: {trace: {stage: 'CPUManager', subject: 'pod/default/pinned'}}},
      ifNot: {all: [{now: inPhase('pinned', 'Running')}, {never: {trace: {stage: 'CPUManager', subject: 'pod/default/pinned'}}}]},
      truth: 'Its policy is none unless somebody says static, and then only Guaranteed pods that ask for whole CPUs get their own.',
    },
    {
      source: '001:213',
      says: 'When a container is Terminated, its preStop hook was executed.',
      files: {
        'hook.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: hook
spec:
  nodeName: node-3
  containers:
    - name: app
      image: podyssey/app
      lifecycle:
        preStop:
          exec:
            command: [sleep, "2"]
`,
      },
      run: ['kubectl create -f hook.yaml', 'sleep 10s', 'chaos kill hook', 'sleep 5s', 'kubectl get pod hook'],
      ifSo: {eventually: {trace: {component: 'kubelet', stage: 'PreStop', subject: 'pod/default/hook'}}},
      ifNot: {
        all: [
          {
            eventually: {
              object: {kind: 'Pod', metadata: {name: 'hook'}, status: {containerStatuses: [{lastState: {terminated: {exitCode: 137}}}]}},
            },
          },
          {never: {trace: {component: 'kubelet', stage: 'PreStop', subject: 'pod/default/hook'}}},
        ],
      },
      truth: 'The kubelet runs it before an end of its own making. This one crashed: exit code 137, and no hook.',
    },
  ],
};
