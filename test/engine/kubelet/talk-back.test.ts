import {describe, expect, test} from 'vitest';
import {type Lab, lab, scriptPod} from './lab.ts';

const log = (it: Lab, pod: string, query: Record<string, string> = {}) =>
  it.cluster.request({method: 'GET', path: `/api/v1/namespaces/default/pods/${pod}/log`, query});

const exec = (it: Lab, pod: string, command: string[]) =>
  it.cluster.request({method: 'POST', path: `/api/v1/namespaces/default/pods/${pod}/exec`, query: {command}}).body as {
    stdout: string;
    stderr: string;
    exitCode: number;
    message?: string;
  };

describe('logs', () => {
  test('of a running container, its last lines, and those of the run before', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'for i in 1 2 3; do echo line $i; done; echo oops >&2; sleep 4; exit 1'));
    it.wait(5);
    expect(log(it, pod).body).toBe('line 1\nline 2\nline 3\noops\n');
    expect(log(it, pod, {tailLines: '1'}).body).toBe('oops\n');
    expect(log(it, pod, {timestamps: 'true', tailLines: '1'}).body).toMatch(/^2026-04-22T09:00:\d\d\.\d{9}Z oops\n$/);
    expect(log(it, pod, {previous: 'true'})).toMatchObject({
      code: 400,
      body: {message: 'previous terminated container "main" in pod "a" not found'},
    });
    it.wait(4);
    expect(log(it, pod, {previous: 'true'}).body).toBe('line 1\nline 2\nline 3\noops\n');
  });

  test('are refused while there is nothing to read', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'true', {image: 'nginx:nope'}));
    it.wait(3);
    expect(log(it, pod)).toMatchObject({
      code: 400,
      body: {reason: 'BadRequest', message: `container "main" in pod "a" is waiting to start: image can't be pulled`},
    });
    expect(log(it, pod, {container: 'other'})).toMatchObject({code: 400, body: {message: 'container other is not valid for pod a'}});
  });

  test('are refused for what no log has', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'echo hello; sleep 3600'));
    it.wait(5);
    const refusal = (query: Record<string, string>) => {
      const {code, body} = log(it, pod, query);
      return `${code} ${(body as {message: string}).message}`;
    };
    const invalid = '422 PodLogOptions "a" is invalid:';
    expect(refusal({tailLines: '-3'})).toBe(`${invalid} tailLines: Invalid value: -3: must be greater than or equal to 0`);
    expect(refusal({limitBytes: '0'})).toBe(`${invalid} limitBytes: Invalid value: 0: must be greater than 0`);
    expect(refusal({sinceSeconds: '0'})).toBe(`${invalid} sinceSeconds: Invalid value: 0: must be greater than 0`);
    expect(refusal({sinceSeconds: '5', sinceTime: '2026-01-01T00:00:00Z'})).toBe(
      `${invalid} []: Forbidden: at most one of \`sinceTime\` or \`sinceSeconds\` may be specified`,
    );
    expect(refusal({tailLines: 'few'})).toBe('400 strconv.ParseInt: parsing "few": invalid syntax');
  });

  test('cannot be had from a node whose kubelet is stopped, or that has no power', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'echo hello; sleep 3600'));
    it.wait(5);
    it.cluster.control({action: 'stop', program: 'kubelet', node: 'node-1'});
    const url = 'https://192.168.0.11:10250/containerLogs/default/a/main';
    expect(log(it, pod)).toMatchObject({
      code: 500,
      body: {message: `Get "${url}": dial tcp 192.168.0.11:10250: connect: connection refused`},
    });
    it.cluster.control({action: 'node-down', node: 'node-1'});
    expect(log(it, pod)).toMatchObject({code: 500, body: {message: `Get "${url}": dial tcp 192.168.0.11:10250: i/o timeout`}});
  });
});

describe('exec', () => {
  test('runs a command in the container and gives its output and exit code', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'sleep 3600'));
    it.wait(5);
    expect(exec(it, pod, ['sh', '-c', 'echo $HOSTNAME; ls /nowhere; exit 7'])).toEqual({
      stdout: 'a\n',
      stderr: 'ls: /nowhere: No such file or directory\n',
      exitCode: 7,
    });
    expect(exec(it, pod, ['cat', '/etc/resolv.conf']).stdout).toBe(
      'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    );
    expect(exec(it, pod, ['curl', 'localhost']).message).toContain('exec: "curl": executable file not found in $PATH');
  });

  test('what it writes stays in the container, and goes with it', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'sleep 8'));
    it.wait(5);
    exec(it, pod, ['sh', '-c', 'echo kept > /tmp/note']);
    expect(exec(it, pod, ['cat', '/tmp/note']).stdout).toBe('kept\n');
    it.wait(8);
    expect(it.status(pod).restartCount).toBe(1);
    expect(exec(it, pod, ['cat', '/tmp/note']).exitCode).toBe(1);
  });

  test('a server answers with its page, from the pod and through the API server', () => {
    const it = lab();
    it.apply(`
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - {name: web, image: 'nginx:1.27', imagePullPolicy: IfNotPresent}
`);
    it.wait(8);
    expect(exec(it, 'web', ['curl', '-s', 'localhost']).stdout).toContain('Welcome to nginx!');
    const proxied = it.cluster.request({method: 'GET', path: '/api/v1/namespaces/default/pods/web:80/proxy/'});
    expect(proxied).toMatchObject({code: 200, body: expect.stringContaining('Welcome to nginx!')});
  });
});
