import {describe, expect, test} from 'vitest';
import {KUBECONFIG_PATH, kubeconfigText} from '../../../../src/session/shell/kubeconfig.ts';
import {program} from '../../../../src/session/shell/line.ts';
import {newShell, type ProgramEnv, runToEnd} from '../../../../src/session/shell/shell.ts';
import {clusterOf} from '../../../clusters.ts';

const STATIC_POD = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: nginx, image: 'nginx:1.27'}]}
`;

/** A prompt on a cluster of one node. */
function prompt() {
  const cluster = clusterOf({nodes: 1});
  const files = {[KUBECONFIG_PATH]: kubeconfigText({}, {user: 'kubernetes-admin', namespace: 'default'}), 'web.yaml': STATIC_POD};
  const env: ProgramEnv = {cluster, state: newShell(files), disabled: []};
  return (line: string) => runToEnd(program(line, env), cluster);
}

describe('crictl', () => {
  test('knows containers, sandboxes and images by the beginning of their ids', () => {
    const type = prompt();
    type('kubectl run web --image=busybox:1.36 -- sh -c "echo hello; sleep 3600"');
    type('sleep 10s');
    const [header, row = ''] = type('crictl ps').stdout.split('\n');
    expect(header!.split(/ {2,}/)).toEqual(['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE']);
    const [id = '', , , state, name, attempt, sandbox = ''] = row.split(/ {2,}/);
    expect([state, name, attempt]).toEqual(['Running', 'web', '0']);
    expect(type(`crictl logs ${id}`).stdout).toBe('hello\n');
    expect(JSON.parse(type(`crictl inspect ${id}`).stdout)).toMatchObject({
      status: {state: 'CONTAINER_RUNNING', finishedAt: '0001-01-01T00:00:00Z'},
      info: {config: {linux: {resources: {cpuShares: 2, oomScoreAdj: 1000}}}},
    });
    expect(JSON.parse(type(`crictl inspectp ${sandbox}`).stdout).status.network.ip).toBe('10.244.0.2');
    expect(type('crictl images').stdout).toMatch(/docker.io\/library\/busybox +1\.36/);
  });

  test('says what it does not find', () => {
    const type = prompt();
    expect(type('crictl inspect nobody')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('could not find container "nobody"'),
    });
    expect(type('crictl ps node-9')).toMatchObject({exitCode: 1, stderr: 'crictl: there is no node node-9\n'});
  });
});

describe('chaos on a program', () => {
  test('names those there are, and says what was so already', () => {
    const type = prompt();
    expect(type('chaos start scheduler')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^chaos: there is no program scheduler: there are .*, kube-scheduler, kubelet\n$/),
    });
    expect(type('chaos start kube-scheduler node-1').stderr).toBe('chaos: there is no program kube-scheduler on node-1\n');
    expect(['start', 'stop', 'stop', 'start'].map(word => type(`chaos ${word} kubelet`).stdout)).toEqual([
      'kubelet was running already\n',
      'kubelet stopped\n',
      'kubelet had stopped already\n',
      'kubelet started\n',
    ]);
    expect(type('chaos start kube-apiserver').stdout).toBe('kube-apiserver was running already\n');
  });
});

describe('chaos on a node', () => {
  test('kills a process: the kubelet starts the container again in its sandbox', () => {
    const type = prompt();
    type('kubectl run web --image=nginx:1.27');
    type('sleep 10s');
    expect(type('chaos kill web').stdout).toBe('web was killed\n');
    type('sleep 5s');
    expect(type('crictl pods').stdout.match(/web/g)).toHaveLength(1);
    expect(type('kubectl get pod web').stdout).toMatch(/Running +1 /);
  });

  test('kills a sandbox: the pod gets another, with another address', () => {
    const type = prompt();
    type('kubectl run web --image=nginx:1.27');
    type('sleep 10s');
    expect(type('kubectl get pod web -o wide').stdout).toContain('10.244.0.2');
    type('chaos sandbox kill web');
    type('sleep 10s');
    expect(type('kubectl get pod web -o wide').stdout).toContain('10.244.0.3');
  });

  test('puts a manifest where the kubelet looks for static pods, and takes it away', () => {
    const type = prompt();
    type('chaos manifest put node-1 web.yaml');
    type('sleep 10s');
    expect(type('kubectl get pod web-node-1').stdout).toMatch(/1\/1 +Running/);
    type('chaos manifest remove node-1 web.yaml');
    type('sleep 10s');
    expect(type('kubectl get pod web-node-1').stderr).toContain('not found');
  });

  test('names what is not there', () => {
    const type = prompt();
    expect(type('chaos kill nobody')).toMatchObject({exitCode: 1, stderr: 'chaos: there is no pod default/nobody on any node\n'});
    expect(type('chaos registry docker.io asleep').stderr).toContain('not asleep');
  });
});

describe('metrics', () => {
  test('answer kubectl top once a pod has been measured twice', () => {
    const type = prompt();
    expect(type('kubectl top pod').stderr).toBe('No resources found in default namespace.\n');
    type('kubectl run web --image=podyssey/app:1 -- --cpu=300m --memory=80Mi');
    type('sleep 5s');
    expect(type('kubectl top pod').stderr).toBe('error: metrics not available yet\n');
    type('sleep 20s');
    expect(type('kubectl top pod').stdout).toMatch(/web +300m +80Mi/);
    expect(type('kubectl top node').stdout).toMatch(/node-1 +360m +9% +380Mi +4%/);
    expect(JSON.parse(type('kubectl get --raw /api/v1/nodes/node-1/proxy/stats/summary').stdout).pods).toMatchObject([
      {podRef: {name: 'web'}, memory: {workingSetBytes: 80 * 2 ** 20}},
    ]);
  });

  test('see a container throttled at its limit', () => {
    const type = prompt();
    type(
      `kubectl run hog --image=podyssey/app:1 --overrides='{"spec":{"containers":[{"name":"hog","image":"podyssey/app:1","args":["--cpu=2000m"],"resources":{"limits":{"cpu":"500m"}}}]}}'`,
    );
    type('sleep 25s');
    expect(type('kubectl top pod').stdout).toMatch(/hog +500m/);
  });

  test('are gone with the APIService', () => {
    const type = prompt();
    type('kubectl delete apiservice v1beta1.metrics.k8s.io');
    expect(type('kubectl top node').stderr).toBe('error: Metrics API not available\n');
  });
});

describe('streams through API server and kubelet', () => {
  test('attach follows what the container says from then on, until it ends', () => {
    const type = prompt();
    type('kubectl run talker --image=busybox:1.36 --restart=Never -- sh -c "echo early; sleep 20; echo late"');
    type('sleep 10s');
    expect(type('kubectl attach talker')).toMatchObject({stdout: 'late\n', exitCode: 0});
    expect(type('kubectl attach talker').stderr).toContain('cannot');
  });

  test('a forwarded port reaches the process as localhost, whatever the network says', () => {
    const type = prompt();
    type('kubectl run web --image=nginx:1.27');
    type('sleep 10s');
    expect(type('curl localhost:8080').exitCode).toBe(7);
    expect(type('kubectl port-forward pod/web 8080:80').stdout).toBe(
      'Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\n',
    );
    expect(type('curl localhost:8080').stdout).toContain('Welcome to nginx!');
    expect(type('kubectl port-forward pod/web 8080:80').stderr).toContain('address already in use');
    type('kubectl port-forward pod/web 9090:81');
    expect(type('curl localhost:9090').exitCode).toBe(7);
    type('kubectl delete pod web --now');
    type('sleep 5s');
    expect(type('curl localhost:8080').exitCode).toBe(7);
  });

  test('a Service stands for one of its pods and their own port', () => {
    const type = prompt();
    type('kubectl run web --image=nginx:1.27 --port=80');
    type('kubectl expose pod web --port=8000 --target-port=80');
    type('sleep 10s');
    expect(type('kubectl port-forward service/web 8000:8000').stdout).toContain('127.0.0.1:8000 -> 80');
    expect(type('curl localhost:8000').stdout).toContain('Welcome to nginx!');
  });

  test('need the kubelet', () => {
    const type = prompt();
    type('kubectl run web --image=nginx:1.27');
    type('sleep 10s');
    type('chaos stop kubelet node-1');
    const why = 'dial tcp 192.168.0.11:10250: connect: connection refused';
    expect(type('kubectl port-forward pod/web 8080:80').stderr).toContain(why);
    expect(type('kubectl attach web').stderr).toContain(why);
  });
});
