import {expect, test} from 'vitest';
import {KUBECONFIG_PATH, kubeconfigText} from '../../../src/session/shell/kubeconfig.ts';
import {program} from '../../../src/session/shell/line.ts';
import {newShell, type ProgramEnv, runToEnd} from '../../../src/session/shell/shell.ts';
import {clusterOf} from '../../clusters.ts';

const UNTRUSTED = 'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority\n';

function prompt() {
  const cluster = clusterOf({nodes: 1});
  const files = {[KUBECONFIG_PATH]: kubeconfigText({}, {user: 'kubernetes-admin', namespace: 'default'})};
  const env: ProgramEnv = {cluster, state: newShell(files), disabled: []};
  return (line: string) => runToEnd(program(line, env), cluster);
}

test('kubectl talks to a server whose certificate it can verify', () => {
  const type = prompt();
  type('kubectl config set-cluster bare --server=https://192.168.0.2:6443');
  type('kubectl config set-context bare --cluster=bare --user=kubernetes-admin');
  const list = 'kubectl get nodes -o name';
  expect(type(list).stdout).toBe('node/node-1\n');
  expect(type(`${list} --context=bare`)).toMatchObject({exitCode: 1, stderr: UNTRUSTED});
  expect(type(`${list} --context=bare --insecure-skip-tls-verify`).stdout).toBe('node/node-1\n');
  expect(type(`${list} --certificate-authority=ca.crt`).stderr).toBe(
    'error: unable to read certificate-authority ca.crt for podyssey due to open ca.crt: no such file or directory\n',
  );
  type(
    'kubectl config view --raw -o \'jsonpath={.clusters[?(@.name=="podyssey")].cluster.certificate-authority-data}\' | base64 -d > ca.crt',
  );
  expect(type(`${list} --context=bare --certificate-authority=ca.crt`).stdout).toBe('node/node-1\n');
  type('kubectl config set-cluster bare --certificate-authority=ca.crt --embed-certs');
  expect(type(`${list} --context=bare`).stdout).toBe('node/node-1\n');
});

test('who does not look is not kept off by a certificate of somebody else', () => {
  const type = prompt();
  type('chaos server wrong-ca');
  expect(type('kubectl get nodes -o name').stderr).toBe(UNTRUSTED);
  expect(type('kubectl get nodes -o name --insecure-skip-tls-verify').stdout).toBe('node/node-1\n');
});
