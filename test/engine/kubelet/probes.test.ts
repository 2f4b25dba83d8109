import {describe, expect, test} from 'vitest';
import {type Lab, lab} from './lab.ts';

/** A pod of the course's own program with these arguments and probes. */
const app = (args: string, probes: string, more = ''): string => `
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  ${more || 'restartPolicy: Always'}
  containers:
  - name: main
    image: podyssey/app:1
    imagePullPolicy: IfNotPresent
    args: [${args}]
    ports: [{name: web, containerPort: 8080}]
${probes.replace(/^/gm, '    ')}
`;

const ready = (it: Lab): boolean => it.pod('a')?.status?.conditions?.find(c => c.type === 'Ready')?.status === 'True';

/** Seconds until something is so. */
function until(it: Lab, so: () => boolean, limit = 120): number {
  const from = it.cluster.now;
  while (!so() && it.cluster.now - from < limit * 1000) it.wait(0.1);
  return Math.round((it.cluster.now - from) / 1000);
}

describe('readiness', () => {
  test('keeps a pod out of service until the program answers, and takes it out when it no longer does', () => {
    const it = lab();
    it.apply(app('--start-delay=12s, --unhealthy-after=40s', 'readinessProbe: {httpGet: {path: /, port: web}, periodSeconds: 5}'));
    until(it, () => it.state('a') === 'running');
    expect(ready(it)).toBe(false);
    expect(it.pod('a')!.status!.phase).toBe('Running');
    expect(until(it, () => ready(it))).toBeGreaterThanOrEqual(10);
    // Three failures, five seconds apart.
    const failing = until(it, () => !ready(it));
    expect(failing).toBeGreaterThanOrEqual(30);
    expect(it.status('a').restartCount).toBe(0);
    expect(it.events('a').some(e => e === 'Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500')).toBe(true);
  });

  test('that cannot connect says so', () => {
    const it = lab();
    it.apply(app('--start-delay=60s', 'readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 2}'));
    it.wait(10);
    const ip = it.pod('a')!.status!.podIP;
    expect(it.events('a')).toContain(
      `Unhealthy: Readiness probe failed: Get "http://${ip}:8080/healthz": dial tcp ${ip}:8080: connect: connection refused`,
    );
  });
});

describe('liveness', () => {
  test('restarts in place after failureThreshold failures: same pod, same address', () => {
    const it = lab();
    it.apply(app('--unhealthy-after=20s', 'livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 5, failureThreshold: 2}'));
    until(it, () => it.state('a') === 'running');
    const {uid} = it.pod('a')!.metadata;
    const ip = it.pod('a')!.status!.podIP;
    const seconds = until(it, () => it.status('a').restartCount === 1);
    expect(seconds).toBeGreaterThanOrEqual(24);
    expect(seconds).toBeLessThanOrEqual(34);
    expect(it.pod('a')!.metadata.uid).toBe(uid);
    expect(it.pod('a')!.status!.podIP).toBe(ip);
    expect(it.events('a')).toContain('Killing: Container main failed liveness probe, will be restarted');
  });

  test('with restartPolicy Never kills for good', () => {
    const it = lab();
    it.apply(
      app(
        '--unhealthy-after=5s',
        'livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 2, failureThreshold: 1}',
        'restartPolicy: Never',
      ),
    );
    it.wait(30);
    expect(it.events('a')).toContain('Killing: Container main failed liveness probe');
    expect(it.state('a')).toBe('terminated 0 Completed');
  });

  test('a hanging program times out', () => {
    const it = lab();
    it.apply(app('--hang-after=1s', 'livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 2, timeoutSeconds: 1}'));
    it.wait(20);
    const ip = it.pod('a')!.status!.podIP;
    expect(it.events('a')).toContain(
      `Unhealthy: Liveness probe failed: Get "http://${ip}:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    );
  });

  test('by exec and by TCP', () => {
    const it = lab();
    it.apply(`
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - name: main
    image: busybox:1.36
    imagePullPolicy: IfNotPresent
    command: [sh, -c, "touch /tmp/healthy; sleep 15; rm -f /tmp/healthy; sleep 600"]
    livenessProbe: {exec: {command: [cat, /tmp/healthy]}, initialDelaySeconds: 5, periodSeconds: 5}
  terminationGracePeriodSeconds: 1
`);
    const seconds = until(it, () => (it.status('a')?.restartCount ?? 0) === 1);
    expect(seconds).toBeGreaterThanOrEqual(25);
    expect(seconds).toBeLessThanOrEqual(40);
    expect(it.events('a')).toContain("Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n");
  });
});

describe('startup', () => {
  test('holds the other probes back until the program is up', () => {
    const it = lab();
    it.apply(
      app(
        '--start-delay=25s',
        'startupProbe: {tcpSocket: {port: web}, periodSeconds: 5, failureThreshold: 10}\nlivenessProbe: {httpGet: {path: /, port: web}, periodSeconds: 2, failureThreshold: 1}',
      ),
    );
    until(it, () => it.state('a') === 'running');
    expect(it.status('a').started).toBe(false);
    const seconds = until(it, () => ready(it));
    expect(seconds).toBeGreaterThanOrEqual(24);
    expect(it.status('a')).toMatchObject({started: true, restartCount: 0});
  });

  test('that never succeeds restarts the container', () => {
    const it = lab();
    it.apply(app('--start-delay=600s', 'startupProbe: {tcpSocket: {port: 8080}, periodSeconds: 3, failureThreshold: 3}'));
    it.wait(30);
    expect(it.events('a')).toContain('Killing: Container main failed startup probe, will be restarted');
    expect(it.status('a').restartCount).toBeGreaterThan(0);
  });
});
