/** kubectl debug: a container more, a copy, a pod on a node. */
import {beforeEach, describe, expect, it} from 'vitest';
import type {Pod} from '../../src/engine/api/types.ts';
import {createWorld, type World} from './world.ts';

let world: World;
const run = (line: string) => world.run(`kubectl ${line}`);
const pod = (name: string): Pod => JSON.parse(run(`get pod ${name} -o json`).stdout) as Pod;
const LEGACY =
  '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n';

beforeEach(() => {
  world = createWorld({nodes: 2});
  world.files['web.yaml'] = `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}, annotations: {note: kept}}
spec:
  containers:
  - {name: app, image: 'nginx:1.27', readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}}
`;
  run('create -f web.yaml');
  world.cluster.advance(10_000);
});

describe('an ephemeral container', () => {
  it('is put into the running pod, under a name that is told', () => {
    const {stdout, stderr, exitCode} = run('debug web --image=busybox:1.36');
    expect(stdout).toMatch(/^Defaulting debug container name to debugger-[bcdfghjklmnpqrstvwxz2456789]{5}\.\n$/);
    expect([stderr, exitCode]).toEqual([LEGACY, 0]);
    world.cluster.advance(10_000);
    const {spec, status} = pod('web');
    expect(spec!.ephemeralContainers).toMatchObject([{image: 'busybox:1.36'}]);
    // A shell without input is at its end at once.
    expect(status!.ephemeralContainerStatuses![0]!.state!.terminated).toMatchObject({exitCode: 0, reason: 'Completed'});
    expect(status!.containerStatuses![0]!.state!.running).toBeDefined();
  });

  it('sees the processes of its target, and only its own without one', () => {
    const asked = 'debug web -i -q --profile=general --image=busybox:1.36';
    expect(run(`${asked} -c alone -- ps`).stdout).not.toContain('nginx');
    expect(run(`${asked} -c into --target=app -- ps`).stdout).toContain('nginx -g daemon off;');
    expect(pod('web').spec!.ephemeralContainers!.map(c => c.securityContext)).toEqual([
      {capabilities: {add: ['SYS_PTRACE']}},
      {capabilities: {add: ['SYS_PTRACE']}},
    ]);
  });

  it('with a shell and its input left open stays, and can be worked with by exec', () => {
    expect(run('debug web -it -c sh --image=busybox:1.36 --target=app').stderr).toContain('Session ended, the ephemeral container');
    expect(run('exec web -c sh -- ps').stdout).toContain('nginx');
  });

  it('is refused by the server where its target is none of the pod', () =>
    expect(run('debug web -q --image=busybox --target=nobody').stderr).toContain(
      'spec.ephemeralContainers[0].targetContainerName: Not found: "nobody"',
    ));
});

describe('a copy', () => {
  it('has a container more, no labels and no node of its own yet; the original stays', () => {
    run('debug web -q --profile=general --image=busybox:1.36 -c tool --copy-to=copy -- sleep 1h');
    world.cluster.advance(10_000);
    const {metadata, spec, status} = pod('copy');
    expect(metadata.labels?.['app']).toBeUndefined();
    expect(metadata.annotations).toBeUndefined();
    expect(spec!.shareProcessNamespace).toBe(true);
    expect(spec!.containers.map(c => [c.name, c.image, Boolean(c.readinessProbe)])).toEqual([
      ['app', 'nginx:1.27', false],
      ['tool', 'busybox:1.36', false],
    ]);
    expect(status!.phase).toBe('Running');
    expect(run('exec copy -c tool -- ps').stdout).toContain('/pause');
    expect(pod('web').status!.phase).toBe('Running');
  });

  it('keeps what is asked for, changes images, and replaces the original', () => {
    run('debug web --profile=baseline --copy-to=next --set-image=app=nginx:1.28 --keep-labels --keep-readiness --replace --same-node');
    world.cluster.advance(10_000);
    expect(run('get pods -o name').stdout).toBe('pod/next\n');
    const {metadata, spec} = pod('next');
    expect(metadata.labels).toMatchObject({app: 'web'});
    expect(spec!.containers[0]).toMatchObject({image: 'nginx:1.28', readinessProbe: {periodSeconds: 1}});
  });
});

it('a node gets a pod that sees the whole of it', () => {
  const {stdout} = run('debug node/node-2 -i --image=busybox:1.36 -- ps');
  const [, name] = /^Creating debugging pod (node-debugger-node-2-\w{5}) with container debugger on node node-2\.\n/.exec(stdout) ?? [];
  expect(stdout).toContain('/usr/bin/kubelet');
  const {spec} = pod(name!);
  expect(spec).toMatchObject({nodeName: 'node-2', hostPID: true, hostNetwork: true, restartPolicy: 'Never'});
  expect(spec!.containers[0]!.volumeMounts).toContainEqual({mountPath: '/host', name: 'host-root'});
});

it.each([
  ['debug --image=busybox', 'error: NAME or filename is required for debug\n'],
  ['debug web', 'error: you must specify --image when not using --copy-to.\n'],
  ['debug web --image=busybox --replace', 'error: --replace may only be used with --copy-to.\n'],
  ['debug web --copy-to=x', 'error: you must specify --image, --set-image or command arguments.\n'],
  ['debug web --image=BAD!', 'error: invalid image name "BAD!": invalid reference format\n'],
  ['debug web --image=busybox -t', 'error: -i/--stdin is required for containers with -t/--tty=true\n'],
  ['debug web --image=busybox --profile=root', 'error: unknown profile: root\n'],
  ['debug svc/kubernetes --image=busybox --profile=general', 'error: "/v1, Kind=Service" not supported by debug\n'],
])('%s', (line, stderr) => expect(run(line)).toEqual({stdout: '', stderr, exitCode: 1}));
