/** What kubectl says where a part of what was asked can be done, or nothing of it. */
import {describe, expect, it} from 'vitest';
import {createWorld} from './world.ts';

const {run} = createWorld({nodes: 2});
run('kubectl create deployment web --image=nginx');
run('kubectl create namespace empty');

describe('one that is there, one that is not', () => {
  it.each([
    ['kubectl scale --replicas=2 deploy/web deploy/gone', 'deployment.apps/web scaled\n'],
    ['kubectl rollout restart deploy/web deploy/gone', 'deployment.apps/web restarted\n'],
    ['kubectl get deploy/web deploy/gone -o name', 'deployment.apps/web\n'],
  ])('%s', (line, stdout) => {
    expect(run(line)).toEqual({stdout, stderr: 'Error from server (NotFound): deployments.apps "gone" not found\n', exitCode: 1});
  });

  it('names no kind where only one kind was found', () => {
    expect(run('kubectl get deploy/web pod/gone').stdout).toMatch(/^NAME .*\nweb /);
  });
});

describe('nothing at all', () => {
  it.each([
    ['kubectl scale deploy gone --replicas=2', 'error: no objects passed to scale deployments.apps "gone" not found\n'],
    [
      'kubectl scale deploy/a deploy/b --replicas=2',
      'error: no objects passed to scale [deployments.apps "a" not found, deployments.apps "b" not found]\n',
    ],
    ['kubectl get pods -n empty --sort-by=.nonsense', 'No resources found in empty namespace.\n'],
    ['kubectl get deployments.v2.apps', 'error: the server doesn\'t have a resource type "deployments"\n'],
    ['kubectl taint nodes --all a=b:NoSchedule-', 'taint "a:NoSchedule" not found\ntaint "a:NoSchedule" not found\n'],
  ])('%s', (line, stderr) => {
    expect(run(line).stderr).toBe(stderr);
  });
});

it('knows a resource by a version and the core group, and by the beginning of a group', () => {
  expect(run('kubectl get services.v1. -o name').stdout).toBe('service/kubernetes\n');
  expect(run('kubectl get deployments.app -o name').stdout).toBe('deployment.apps/web\n');
});

it('leaves the column of a label empty for those without', () => {
  expect(run('kubectl get deploy web -L app,tier --no-headers').stdout).toMatch(/ web {3}\n$/);
});

it('sends what looks like JSON as it is, and lets the server complain', () => {
  const said = (patch: string) => run(`kubectl patch deploy web -p '${patch}'`).stderr;
  expect(said('{bad')).toBe("Error from server (BadRequest): invalid character 'b' looking for beginning of object key string\n");
  expect(said('bad')).toBe('Error from server (BadRequest): json: cannot unmarshal string into Go value of type map[string]interface {}\n');
  expect(said('[1')).toMatch(/^error: unable to parse "\[1": yaml: /);
});
