/** Options of commands that write: what they do to the object, and what the line says. */
import {expect, it} from 'vitest';
import {createWorld} from '../world.ts';

const world = createWorld({nodes: 1});
const {run, files} = world;
const CONFIG = (name: string, label = 'shop'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {app: ${label}}}\ndata: {a: "1"}\n`;
const said = (line: string, options?: Parameters<typeof run>[1]): string => {
  const {stdout, stderr} = run(line, options);
  return stdout + stderr;
};

it('edit shows its patch, remembers what was applied, and reaches subresources', () => {
  run('kubectl create deployment web --image=nginx --replicas=1');
  expect(said('kubectl edit deploy web --output-patch', {edit: text => text.replace('replicas: 1', 'replicas: 2')})).toBe(
    'Patch: {"spec":{"replicas":2}}\ndeployment.apps/web edited\n',
  );
  run('kubectl edit deploy web --save-config', {edit: text => text.replace('replicas: 2', 'replicas: 3')});
  expect(run('kubectl apply view-last-applied deploy web').stdout).toContain('replicas: 3');
  expect(said('kubectl edit deploy web --subresource=scale', {edit: text => text.replace('replicas: 3', 'replicas: 4')})).toContain(
    'edited',
  );
  expect(run('kubectl get deploy web -o jsonpath={.spec.replicas}').stdout).toBe('4');
  expect(said('kubectl edit deploy web', {edit: () => ''})).toBe('Edit cancelled, saved file was empty.\n');
  expect(said('kubectl edit deploy web --windows-line-endings', {edit: text => text})).toContain(
    '--windows-line-endings makes no difference here',
  );
});

it('create opens the editor before anything is sent', () => {
  files['c.yaml'] = CONFIG('edited');
  expect(said('kubectl create -f c.yaml --edit', {edit: text => text})).toBe('Edit cancelled, no changes made.\n');
  expect(said('kubectl create -f c.yaml --edit', {edit: text => text.replace('a: "1"', 'a: "2"')})).toBe('configmap/edited created\n');
  expect(run('kubectl get cm edited -o jsonpath={.data.a}').stdout).toBe('2');
});

it('create and replace send a file as it is to a path', () => {
  files['raw.yaml'] = CONFIG('raw');
  expect(JSON.parse(run('kubectl create --raw=/api/v1/namespaces/default/configmaps -f raw.yaml').stdout)).toMatchObject({
    kind: 'ConfigMap',
    metadata: {name: 'raw'},
  });
  files['raw.yaml'] = CONFIG('raw', 'other');
  run('kubectl replace --raw=/api/v1/namespaces/default/configmaps/raw -f raw.yaml');
  expect(run('kubectl get cm raw -o jsonpath={.metadata.labels.app}').stdout).toBe('other');
});

it('apply and diff find what is left over among the kinds they are told of', () => {
  files['one.yaml'] = CONFIG('one');
  files['two.yaml'] = `${CONFIG('two')}---\napiVersion: v1\nkind: Secret\nmetadata: {name: two, labels: {app: shop}}\n`;
  run('kubectl apply -f one.yaml -f two.yaml');
  expect(said('kubectl diff -f one.yaml --prune -l app=shop')).toContain('v1.ConfigMap.default.two');
  expect(said('kubectl apply -f one.yaml --prune -l app=shop --prune-allowlist=core/v1/Secret')).toBe(
    'configmap/one unchanged\nsecret/two pruned\n',
  );
  expect(run('kubectl apply -f one.yaml --prune -l app=shop').stdout).toBe('configmap/one unchanged\nconfigmap/two pruned\n');
});

it('expose writes something else over the service', () => {
  run('kubectl create deployment shop --image=nginx');
  const overrides = `--overrides='{"apiVersion":"v1","spec":{"sessionAffinity":"ClientIP"}}'`;
  expect(said(`kubectl expose deploy shop --port=80 ${overrides}`)).toBe('service/shop exposed\n');
  expect(run('kubectl get svc shop -o jsonpath={.spec.sessionAffinity}').stdout).toBe('ClientIP');
});

it('run --rm takes the pod away in the way that it is told', () => {
  run('kubectl run job -i --rm --image=busybox --restart=Never --grace-period=3 --cascade=foreground -- echo hi');
  expect(world.requests.find(({method}) => method === 'DELETE')?.body).toMatchObject({
    propagationPolicy: 'Foreground',
    gracePeriodSeconds: 3,
  });
});
