import {describe, expect, it} from 'vitest';
import {KUBECONFIG_PATH, kubeconfigText} from '../../../src/session/shell/kubeconfig.ts';
import {program} from '../../../src/session/shell/line.ts';
import {newShell, type ProgramEnv, proceed, runToEnd, start} from '../../../src/session/shell/shell.ts';
import {clusterOf} from '../../clusters.ts';

const cluster = clusterOf({nodes: 2});
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

describe('pipes, lists and files', () => {
  it('what one command prints is what the next one reads', () => {
    expect(run('kubectl get nodes -o name | wc -l').stdout.trim()).toBe('2');
    expect(run("kubectl get nodes --no-headers | grep -v node-1 | awk '{print $1, $2}'").stdout).toBe('node-2 Ready\n');
    expect(run('kubectl get nodes | awk \'NR>1 && $2=="Ready" {print $1}\' | head -n 1').stdout).toBe('node-1\n');
    expect(run('kubectl get nodes -o name | cut -d/ -f2 | sort -r | tr a-z A-Z').stdout).toBe('NODE-2\nNODE-1\n');
    expect(run('kubectl create configmap piped --from-literal=a=b --dry-run=client -o yaml | kubectl apply -f -').stdout).toBe(
      'configmap/piped created\n',
    );
    expect(run('kubectl get configmap piped -o name | xargs kubectl delete').stdout).toBe(
      'configmap "piped" deleted from default namespace\n',
    );
  });

  it('complaints pass by, and the last command decides', () => {
    const ended = run('kubectl get pod nobody | wc -l');
    expect(ended).toMatchObject({exitCode: 0, stdout: '0\n'});
    expect(ended.stderr).toContain('pods "nobody" not found');
    expect(run('kubectl get nodes | grep nothing').exitCode).toBe(1);
  });

  it('one after the other, and only if', () => {
    expect(run('echo a; echo b').stdout).toBe('a\nb\n');
    expect(run('kubectl get pod nobody 2>/dev/null || echo none').output).toBe('none\n');
    expect(run('kubectl get pod nobody && echo there').stdout).toBe('');
    expect(run('kubectl get pod nobody 2>/dev/null; echo $?').stdout).toBe('1\n');
    expect(run('for n in 1 2; do echo node-$n; done').stdout).toBe('node-1\nnode-2\n');
    expect(run('if kubectl get node node-1 >/dev/null; then echo yes; else echo no; fi').output).toBe('yes\n');
    expect(run('until test -f late.txt; do sleep 1; echo now > late.txt; done; cat late.txt').stdout).toBe('now\n');
  });

  it('a loop without end is given up', () => {
    expect(run('while true; do true; done').stderr).toMatch(/^the loop has turned 1000 times/);
    expect(run('while true; do echo once; break; done').stdout).toBe('once\n');
  });

  it('into files and out of them', () => {
    run('kubectl get node node-1 -o name > node.txt; echo more >> node.txt');
    expect(env.state.files['node.txt']).toBe('node/node-1\nmore\n');
    expect(run('grep -c o < node.txt').stdout).toBe('2\n');
    run('kubectl get pod nobody > all.txt 2>&1');
    expect(env.state.files['all.txt']).toContain('pods "nobody" not found');
    run("cat <<'EOF' > cm.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: here}\ndata: {a: '$b'}\nEOF");
    expect(run('kubectl apply -f cm.yaml && kubectl get configmap here -o jsonpath={.data.a}').stdout).toBe('configmap/here created\n$b');
    expect(run('kubectl apply -f - <<EOF\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: $(echo two)}\nEOF').stdout).toBe(
      'configmap/two created\n',
    );
  });

  it("variables: the shell's, and those of one command", () => {
    expect(run('NS=kube-system; kubectl get configmap -n $NS kube-root-ca.crt -o name').stdout).toBe('configmap/kube-root-ca.crt\n');
    expect(run('KUBECONFIG=none.yaml kubectl config current-context').exitCode).toBe(1);
    expect(run('kubectl config current-context; echo "${KUBECONFIG:-unset}"').stdout).toMatch(/unset\n$/);
  });

  it('a filter by lines lets a watch pass while it goes on', () => {
    const watch = start(program('kubectl get configmaps -w | grep piped-late', env));
    let seen = '';
    const go = () => {
      for (let turn = 0; turn < 20 && watch.exitCode === undefined; turn++) {
        const effect = proceed(watch, cluster, (_, text) => (seen += text));
        if (effect?.kind === 'sleep') cluster.advance(effect.ms);
      }
    };
    go();
    expect(seen).toBe('');
    run('kubectl create configmap piped-late');
    go();
    expect(seen).toMatch(/^piped-late /);
    expect(watch.exitCode).toBeUndefined();
  });

  it('says what is wrong with a line', () => {
    expect(run('kubectl get pod <pod-name> -o yaml')).toMatchObject({
      exitCode: 2,
      stderr: '<pod-name> stands for something of yours: write that, without < and >\n',
    });
    expect(run("kubectl get 'pods")).toMatchObject({exitCode: 2, stderr: 'unterminated quoted string\n'});
    expect(run('kubectl get pods |')).toMatchObject({exitCode: 2, stderr: expect.stringContaining('unexpected end of file')});
    expect(run('kubectl get nodes | grepp node').stderr).toBe('grepp: command not found. Did you mean grep?\n');
  });
});

describe('names of files', () => {
  it('are what a pattern stands for, unless it is quoted', () => {
    run('echo one > tide.log; echo two > wave.log');
    expect(run('ls *.log').stdout).toBe('tide.log\nwave.log\n');
    expect(run('echo t*.log w???.log [a-t]ide.log [!t]*.log').stdout).toBe('tide.log wave.log tide.log wave.log\n');
    expect(run('for f in *.log; do cat $f; done').stdout).toBe('one\ntwo\n');
    expect(run('x="*.log"; echo $x "$x" \\*.log').stdout).toBe('tide.log wave.log *.log *.log\n');
    expect(run(`echo '*.log' "*".log`).stdout).toBe('*.log *.log\n');
  });

  it('are left alone where none is like that', () => {
    expect(run('kubectl get nodes -o jsonpath={.items[*].metadata.name}').stdout).toBe('node-1 node-2');
    expect(run('echo *.nowhere [z-a] .*').stdout).toBe('*.nowhere [z-a] .*\n');
    expect(run('ls *.nowhere')).toMatchObject({exitCode: 2, stderr: "ls: cannot access '*.nowhere': No such file or directory\n"});
  });
});

describe('what this shell has not got', () => {
  it('says what does the same', () => {
    expect(run('kubectl get nodes -o json | jq .items')).toMatchObject({
      exitCode: 127,
      stderr: "jq is not here: kubectl get ... -o jsonpath='{.status.phase}' picks a field, -o json | grep finds a line\n",
    });
    expect(run('vim web.yaml').stderr).toBe('vim is not here: edit FILE opens one, sed -i changes a file\n');
    expect(run('kubctl get pods').stderr).toBe('kubctl: command not found. Did you mean kubectl?\n');
  });

  it('is a background: nothing is run, and it is said why', () => {
    const {exitCode, stdout, stderr} = run('kubectl get nodes -o name & echo there');
    expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''});
    expect(stderr).toMatch(/^& would run it in the background: here one command runs at a time\./);
    expect(run('echo "salt & pepper"').stdout).toBe('salt & pepper\n');
  });
});
