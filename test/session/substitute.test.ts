import {describe, expect, it} from 'vitest';
import {createCluster} from '../../src/engine/index.ts';
import {KUBECONFIG_PATH, kubeconfigText} from '../../src/session/kubeconfig.ts';
import {program} from '../../src/session/line.ts';
import {newShell, type ProgramEnv, runToEnd} from '../../src/session/shell.ts';

const cluster = createCluster({nodes: 2});
const env: ProgramEnv = {
  cluster,
  state: newShell({
    [KUBECONFIG_PATH]: kubeconfigText({}, {user: 'kubernetes-admin', namespace: 'default'}),
    'name.txt': 'two words\n',
    'odd.txt': '$(kubectl get ns) "x" `y`\n',
  }),
  disabled: [],
};
const run = (line: string) => runToEnd(program(line, env), cluster);

describe('command substitution', () => {
  it('puts what a line prints in its place, word by word', () => {
    expect(run('kubectl get $(kubectl get nodes -o name) -o name').stdout).toBe('node/node-1\nnode/node-2\n');
    expect(run('kubectl get node node-$(echo 1) -o name').stdout).toBe('node/node-1\n');
    expect(
      run('kubectl get ns $(kubectl get ns $(kubectl get ns default -o jsonpath={.metadata.name}) -o jsonpath={.metadata.name}) -o name')
        .stdout,
    ).toBe('namespace/default\n');
  });

  it('within double quotes is one word', () => {
    expect(run('kubectl create configmap c --from-literal="$(cat name.txt)=1" --dry-run=client -o name').stderr).toContain('"two words"');
  });

  it('is not done in single quotes, and what was printed is not read again', () => {
    expect(run("echo '$(kubectl get nodes)'").stdout).toBe('$(kubectl get nodes)\n');
    expect(run('echo "$(cat odd.txt)"').stdout).toBe('$(kubectl get ns) "x" `y`\n');
  });

  it('passes complaints on', () => {
    expect(run('kubectl get $(kubectl get pod nobody -o name)').stderr).toContain('pods "nobody" not found');
  });
});
