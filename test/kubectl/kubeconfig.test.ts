import {expect, it} from 'vitest';
import {createWorld} from './world.ts';

const entry = (name: string, namespace = '') =>
  `apiVersion: v1\nkind: Config\ncontexts:\n- name: ${name}\n  context: {cluster: c-${name}, user: u-${name}${namespace && `, namespace: ${namespace}`}}\nclusters:\n- name: c-${name}\n  cluster: {server: "https://${name}:6443"}\nusers:\n- name: u-${name}\n  user: {}\n`;

it('takes the context from the file, and flags win over it', () => {
  const {run, files} = createWorld({nodes: 1});
  files['/home/.kube/config'] += 'preferences: {}\n';
  expect(run('kubectl config current-context').stdout).toBe('main\n');
  expect(run('kubectl create ns x --context nope')).toMatchObject({stderr: 'error: context "nope" does not exist\n', exitCode: 1});
  expect(run('kubectl get pods --context nope --cluster nowhere')).toMatchObject({
    stderr: 'Error in configuration: \n* context was not found for specified context: nope\n* no server found for cluster "nowhere"\n',
    exitCode: 1,
  });
  expect(run('kubectl config get-contexts -o name').stdout).toBe('main\n');
});

it('keeps the namespace that set-context gave', () => {
  const {run} = createWorld({nodes: 1});
  expect(run('kubectl config set-context --current --namespace=kube-public').stdout).toBe('Context "main" modified.\n');
  expect(run('kubectl get pods').stderr).toBe('No resources found in kube-public namespace.\n');
  expect(run('kubectl get pods -n default').stderr).toBe('No resources found in default namespace.\n');
  expect(run('kubectl config view -o jsonpath={.contexts[0].context.namespace}').stdout).toBe('kube-public');
});

it('reads the file that --kubeconfig names', () => {
  const {run, files} = createWorld({nodes: 1});
  files['other'] = entry('elsewhere', 'team');
  expect(run('kubectl config get-contexts --kubeconfig other').stdout).toBe(
    'CURRENT   NAME        CLUSTER       AUTHINFO      NAMESPACE\n          elsewhere   c-elsewhere   u-elsewhere   team\n',
  );
  expect(run('kubectl get pods --kubeconfig other --context elsewhere')).toMatchObject({exitCode: 1});
  expect(run('kubectl get pods --kubeconfig missing').stderr).toContain('stat missing: no such file or directory');
});

it('hides secrets unless asked', () => {
  const {run} = createWorld({nodes: 1});
  run('kubectl config set-credentials robot --token=secret');
  expect(run('kubectl config view').stdout).toContain('token: REDACTED');
  expect(run('kubectl config view --raw').stdout).toContain('token: secret');
  expect(run('kubectl config delete-user robot').stdout).toBe('deleted user robot from /home/.kube/config\n');
});

it('groups alone are nobody to impersonate', () => {
  const {stderr, exitCode} = createWorld({nodes: 0}).run('kubectl get pods --as-group=dev');
  expect([stderr.trim(), exitCode]).toEqual(['error: requesting uid, groups or user-extra for admin without impersonating a user', 1]);
});
