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

describe('pods behind what has none', () => {
  it.each([
    ['kubectl logs cm/kube-root-ca.crt', 'error: cannot get the logs from *v1.ConfigMap: selector for *v1.ConfigMap not implemented\n'],
    ['kubectl exec cm/kube-root-ca.crt -- ls', 'error: cannot attach to *v1.ConfigMap: selector for *v1.ConfigMap not implemented\n'],
    [
      'kubectl logs svc/kubernetes',
      "error: cannot get the logs from *v1.Service: invalid service 'kubernetes': Service is defined without a selector\n",
    ],
    ['kubectl logs svc/gone', 'error: error from server (NotFound): services "gone" not found in namespace "default"\n'],
    ['kubectl wait pod gone --for=create --timeout=1s', 'error: timed out waiting for the condition\n'],
  ])('%s', (line, stderr) => {
    expect(run(line).stderr).toBe(stderr);
  });

  it('waits for the first pod as long as it may', () => {
    run('kubectl create deployment none --image=nginx --replicas=0');
    expect(run('kubectl logs deploy/none --pod-running-timeout=1s').stderr).toBe('error: timed out waiting for the condition\n');
  });
});

it('prints maps as Go does in columns, and a path that leads nowhere with all it was given', () => {
  expect(run('kubectl get ns empty -o custom-columns=L:.metadata.labels --no-headers').stdout).toBe(
    'map[kubernetes.io/metadata.name:empty]\n',
  );
  expect(run('kubectl get ns empty -o jsonpath={.kind[0]}').stderr).toMatch(
    /^error: error executing jsonpath "{.kind\[0\]}": Error executing template: string is not array or slice\. Printing more .*:\n\ttemplate was:\n\t\t{.kind\[0\]}\n\tobject given to jsonpath engine was:\n\t\tmap\[string\]interface {}{"apiVersion":"v1", .*}\n\n\n$/,
  );
  expect(run('kubectl get ns empty -o jsonpath={.nope} --allow-missing-template-keys=false').stderr).toContain('nope is not found. ');
});

it('applies nothing that has no name of its own', () => {
  const {stderr} = run('kubectl apply -f -', {stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: many-}\n'});
  expect(stderr).toBe('error: from many-: cannot use generate name with apply\n');
});

describe('what cannot be asked', () => {
  it.each([
    [
      'kubectl expose svc kubernetes --name=again',
      "error: couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set\n",
    ],
    ['kubectl expose deploy web --port=x', 'error: strconv.Atoi: parsing "x": invalid syntax\n'],
    [
      'kubectl autoscale cm kube-root-ca.crt --max=3',
      'error: cannot autoscale a ConfigMap: could not find scale subresource for /v1, Resource=configmaps in discovery information\n',
    ],
    ['kubectl get --raw healthz', 'error: --raw must be a valid URL path: parse "healthz": invalid URI for request\n'],
    ['kubectl delete pods -l a=b --all', "error: setting 'all' parameter but found a non empty selector. \n"],
    ['kubectl rollout undo job/none', 'Error from server (NotFound): jobs.batch "none" not found\n'],
    ['kubectl rollout undo svc/kubernetes', 'error: no rollbacker has been implemented for "Service"\n'],
    ['kubectl rollout status svc/kubernetes', 'error: no status viewer has been implemented for Service\n'],
    [
      'kubectl create secret generic s --from-literal=a=b --from-literal=a=c',
      'error: cannot add key a, another key by that name already exists\n',
    ],
    [
      'kubectl taint nodes --all a:Nope',
      "error: invalid taint effect: Nope, unsupported taint effect\nSee 'kubectl taint -h' for help and examples\n",
    ],
    [
      'kubectl taint nodes --all a=b=c:NoSchedule',
      "error: invalid taint spec: a=b=c:NoSchedule\nSee 'kubectl taint -h' for help and examples\n",
    ],
    ['kubectl create nonsense', "error: Unexpected args: [nonsense]\nSee 'kubectl create -h' for help and examples\n"],
  ])('%s', (line, stderr) => {
    expect(run(line).stderr).toBe(stderr);
  });

  it('a taint whose key has no effect behind it is looked at as a key', () => {
    expect(run('kubectl taint nodes --all a=b').stderr).toMatch(/^error: invalid taint spec: a=b, name part must consist of /);
  });
});

it('calls a scale a scale', () => {
  const line = `kubectl patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":1}}'`;
  expect(run(line).stdout).toBe('scale.autoscaling/web patched\n');
});

it('shows the ReplicaSets that keep the history', () => {
  expect(run('kubectl rollout history deploy web -o jsonpath={.kind}/{.metadata.name}').stdout).toMatch(/^(ReplicaSet\/web-[a-z0-9]+)+$/);
});

it('takes all away before it puts anything back', () => {
  const stdin = ['one', 'two'].map(name => JSON.stringify({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}})).join('\n');
  run('kubectl create -f -', {stdin});
  expect(run('kubectl replace --force -f -', {stdin}).stdout).toBe(
    'configmap "one" deleted from default namespace\nconfigmap "two" deleted from default namespace\nconfigmap/one replaced\nconfigmap/two replaced\n',
  );
});

it('writes a namespace only where it was asked for into what is not sent', () => {
  const line = 'kubectl expose deploy web --port=80 --name=alone --dry-run=client -o jsonpath={.metadata.namespace}';
  expect(run(line).stdout).toBe('');
  expect(run(`${line} -n default`).stdout).toBe('default');
});
