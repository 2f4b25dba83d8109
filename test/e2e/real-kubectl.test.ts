/**
 * The kubectl that people have at work against the served cluster. Every line is also run by the kubectl of the prompt on a branch of the same cluster; what the two
 * print must be the same, but for ages, times, ids, and what changed in kubectl between the two versions.
 */
import fs from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {ADMIN_USER, KUBECONFIG_PATH, kubeconfigText} from '../../src/session/shell/kubeconfig.ts';
import {program} from '../../src/session/shell/line.ts';
import {newShell, type ProgramEnv, runToEnd} from '../../src/session/shell/shell.ts';
import {kubectlVersion, PEOPLE, type Ran, type Served, serve} from '../server/world.ts';

const FILES: Readonly<Record<string, string>> = {
  'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: from-file\nspec:\n  containers:\n  - name: c\n    image: nginx\n',
  'web.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: applied\nspec:\n  replicas: 1\n  selector:\n    matchLabels: {app: applied}\n  template:\n    metadata:\n      labels: {app: applied}\n    spec:\n      containers:\n      - name: c\n        image: nginx\n',
  'web2.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: applied\nspec:\n  replicas: 2\n  selector:\n    matchLabels: {app: applied}\n  template:\n    metadata:\n      labels: {app: applied}\n    spec:\n      containers:\n      - name: c\n        image: nginx\n',
  'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: colours\ndata:\n  sky: blue\n',
  'bad.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: bad\nspec:\n  containers:\n  - name: c\n    imagee: nginx\n',
};

/** Lines in the order in which they are run, on one cluster; each command once good and once bad. */
const LINES = `
kubectl version
kubectl version --nope
kubectl cluster-info
kubectl cluster-info nope
kubectl api-resources --api-group=apps
kubectl api-resources --api-group=nope
kubectl get nodes
kubectl get nopes
kubectl create namespace dev
kubectl create namespace dev
kubectl create deployment web --image=nginx --replicas=2
kubectl create deployment web
kubectl create -f pod.yaml
kubectl create -f bad.yaml
kubectl apply -f web.yaml
kubectl apply -f web.yaml
kubectl diff -f web2.yaml
kubectl diff -f nope.yaml
kubectl apply -f web2.yaml
kubectl apply -f bad.yaml
kubectl apply --server-side -f cm.yaml
kubectl apply --server-side -f bad.yaml
kubectl get pods
kubectl get pod nope
kubectl get deployments -o wide
kubectl get all
kubectl get pods -A -o wide
kubectl get deploy web -o jsonpath={.status.readyReplicas}
kubectl get deploy web -o jsonpath={.status
kubectl get deploy -o custom-columns=NAME:.metadata.name,REPLICAS:.spec.replicas
kubectl get deploy -o custom-columns=NAME
kubectl get cm colours -o yaml
kubectl get pods -l app=web -o name
kubectl describe deployment web
kubectl describe deployment nope
kubectl describe pod from-file
kubectl describe node node-1
kubectl describe namespace dev
kubectl describe configmap colours
kubectl label pod from-file tier=front
kubectl label pod from-file tier=back
kubectl annotate pod from-file note=hello
kubectl annotate pod nope note=hello
kubectl patch deployment web -p '{"spec":{"replicas":3}}'
kubectl patch deployment web -p '{"spec":{"replicas":"three"}}'
kubectl patch deployment web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":2}]'
kubectl patch deployment web --type=json -p '[{"op":"remove","path":"/spec/nope"}]'
kubectl scale deployment web --replicas=3
kubectl scale deployment nope --replicas=3
kubectl autoscale deployment web --max=5
kubectl autoscale deployment nope --max=5
kubectl get hpa
kubectl expose deployment web --port=80
kubectl expose deployment web --port=80
kubectl describe service web
kubectl run single --image=nginx --port=80
kubectl run single --image=nginx
kubectl set image deployment/web nginx=nginx:1.27
kubectl set image deployment/web nope=nginx:1.27
kubectl rollout status deployment/web
kubectl rollout status deployment/nope
kubectl rollout history deployment/web
kubectl rollout history deployment/nope
kubectl rollout undo deployment/web
kubectl rollout undo deployment/web --to-revision=77
kubectl rollout pause deployment/web
kubectl rollout pause deployment/web
kubectl rollout resume deployment/web
kubectl logs from-file
kubectl logs from-file -c nope
kubectl logs from-file -p
kubectl exec from-file -- hostname
kubectl exec from-file -- nope
kubectl exec from-file -- sh -c 'exit 3'
kubectl exec nope -- ls
kubectl debug from-file --image=busybox:1.36 -c tool --target=busybox --profile=general -- sleep 1h
kubectl debug from-file --image=busybox:1.36 -c tool --profile=general
kubectl debug from-file --image=busybox:1.36 -q -c into --target=nobody --profile=general
kubectl debug from-file --copy-to=copied --image=busybox:1.36 -c tool --profile=netadmin -- sleep 1h
kubectl debug from-file --replace --image=busybox:1.36
kubectl debug nope --image=busybox:1.36 --profile=general
kubectl delete pod copied --now
kubectl top nodes
kubectl taint node node-3 dedicated=x:NoSchedule
kubectl taint node node-3 dedicated=x:Nope
kubectl cordon node-3
kubectl cordon nope
kubectl uncordon node-3
kubectl drain node-2 --ignore-daemonsets --force
kubectl drain nope
kubectl uncordon node-2
kubectl wait --for=condition=Ready pod/single
kubectl wait --for=condition=Ready pod/nope
kubectl wait --for=delete pod/nope
kubectl auth can-i create pods
kubectl auth can-i create pods --as alice
kubectl auth can-i --list --as alice
kubectl auth whoami
kubectl get pods --as alice
kubectl create role reader --verb=get --resource=pods
kubectl create role reader --verb=fly
kubectl create rolebinding alice-reads --role=reader --user=alice
kubectl auth can-i get pods --as alice
kubectl get pod from-file --as alice
kubectl explain pod.spec.containers.image
kubectl explain nope
kubectl explain deployment
kubectl events --for pod/from-file
kubectl events --for nope/x
kubectl get events --field-selector reason=Scheduled
kubectl create configmap c1 --from-literal=a=b
kubectl create secret generic s1 --from-literal=a=b
kubectl create serviceaccount sa1
kubectl create quota q1 --hard=pods=50
kubectl create job j1 --image=busybox -- date
kubectl create cronjob cj1 --image=busybox --schedule='*/5 * * * *' -- date
kubectl create ingress i1 --rule=foo.com/bar=web:80
kubectl create poddisruptionbudget p1 --selector=app=web --min-available=1
kubectl create priorityclass pc1 --value=1000
kubectl create clusterrole cr1 --verb=get --resource=nodes
kubectl create clusterrolebinding crb1 --clusterrole=cr1 --user=bob
kubectl create service clusterip s9 --tcp=80:8080
kubectl get configmaps,secrets,serviceaccounts,quota,jobs,cronjobs,ingresses,pdb,roles,rolebindings,services
kubectl get priorityclasses,clusterrole/cr1,clusterrolebinding/crb1
kubectl describe job j1
kubectl describe cronjob cj1
kubectl describe ingress i1
kubectl describe pdb p1
kubectl describe role reader
kubectl describe rolebinding alice-reads
kubectl describe clusterrole cr1
kubectl describe clusterrolebinding crb1
kubectl describe quota q1
kubectl describe secret s1
kubectl describe serviceaccount sa1
kubectl describe priorityclass pc1
kubectl describe hpa web
kubectl describe replicaset -l app=applied
kubectl certificate approve nope
kubectl config current-context
kubectl config use-context nope
kubectl config get-contexts -o name
kubectl replace -f cm.yaml
kubectl replace -f nope.yaml
kubectl delete pod single
kubectl delete pod single
kubectl delete deployment web --cascade=foreground
kubectl delete pod from-file --grace-period=0 --force
kubectl delete namespace dev
kubectl delete -f web2.yaml
kubectl delete nope x
kubectl get pods --field-selector status.phase=Nope
kubectl get pods --sort-by=.metadata.name
kubectl get --raw /readyz
kubectl get --raw /nope
`
  .split('\n')
  .filter(Boolean);

const AGE = /(?<![\w.-])(\d+(y|d|h|m|s|ms)){1,2}(?![\w.-])/g;

/** What the installed kubectl says in other words than v1.36, which the prompt has; here in the words of the newer one. */
const SINCE: readonly (readonly [was: RegExp, is: string])[] = [
  [/^Client Version: v1\.3[2-5]\S*\nKustomize Version: v\S+/m, 'Client Version: v1.36.0\nKustomize Version: v5.8.1'],
  [/^WARNING: version difference between client .*\n/m, ''],
  // A build that is started through a dispatcher words cobra's own complaints in two other ways.
  [/^Error: (unknown flag: )/m, 'error: $1'],
  [/^E\d{4} .*"command failed" err="required flag\(s\) \\"(\w+)\\" not set"$/m, 'error: required flag(s) "$1" not set'],
  [/( deleted)$/gm, '$1 from default namespace'],
  [/^(namespace|pod force|.*\.rbac\.\S+|priorityclass\S*) (".*") (force )?deleted from default namespace$/gm, '$1 $2 deleted'],
  [/^( +)ConfigMapOptional: +<nil>$/m, '$1Optional: false'],
  [/^ +Kube-Proxy Version: *\n/m, ''],
  [/^Mountable secrets: .*\nTokens: .*\n/m, ''],
];

/** What the newer one says besides. */
const NEW_WORDS: readonly RegExp[] = [
  /(?<=\s)spec\.(?:initContainers|containers)\{[\w-]+\}: /g,
  /^Time Zone: .*\n/gm,
  /^system:serviceaccount:.*\n/gm,
];

/** Temporary folders and files' times in a diff; which of several evictions ends first. */
const BY_CHANCE: readonly (readonly [RegExp, string])[] = [
  [/\/tmp\/(LIVE|MERGED)(-\d+)?\//g, '/tmp/$1/'],
  [/^([-+]{3} \/tmp\/\S+)\s.*$/gm, '$1'],
];

const replaceAll = (text: string, pairs: readonly (readonly [RegExp, string])[]): string =>
  pairs.reduce((t, [from, to]) => t.replace(from, to), text);

const blurred = ({stdout, stderr, exitCode}: Ran): string => {
  const text = `${stdout}${stderr && `--- stderr\n${stderr}`}exit code ${exitCode}`;
  return NEW_WORDS.reduce((t, word) => t.replace(word, ''), replaceAll(text, BY_CHANCE))
    .replace(/https:\/\/[\d.]+:\d+/g, 'https://SERVER')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replace(/resourceVersion: "\d+"/g, 'resourceVersion: "N"')
    .replace(AGE, 'AGE')
    .replace(/[ \t]+/g, ' ')
    .replace(/ +$/gm, '');
};

/** The lines of a command that does several things at once, in no order. */
const AT_ONCE = /^kubectl drain/;
const inOrder = (line: string, text: string): string => (AT_ONCE.test(line) ? text.split('\n').sort().join('\n') : text);

describe.skipIf(!kubectlVersion)(`kubectl ${kubectlVersion ?? '(none is installed)'}`, () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve({seed: 1, speed: 'max'});
    for (const [name, text] of Object.entries(FILES)) fs.writeFileSync(path.join(served.folder, name), text);
  });
  afterAll(() => served?.close());

  /** The kubectl of the prompt on a branch of the same moment. */
  const atThePrompt = (line: string): Ran => {
    const branch = served.cluster.history.branch();
    const files = {[KUBECONFIG_PATH]: kubeconfigText(PEOPLE, {user: ADMIN_USER, namespace: 'default'}), ...FILES};
    const env: ProgramEnv = {cluster: branch, state: newShell(files), disabled: []};
    const {stdout, stderr, exitCode} = runToEnd(program(line, env), branch);
    return {stdout, stderr, exitCode};
  };

  it('prints what the kubectl of the prompt prints', async () => {
    const differing: string[] = [];
    for (const line of LINES) {
      const own = inOrder(line, blurred(atThePrompt(line)));
      const ran = await served.kubectl(line);
      const real = inOrder(line, blurred({...ran, stdout: replaceAll(ran.stdout, SINCE), stderr: replaceAll(ran.stderr, SINCE)}));
      if (own !== real) differing.push(`$ ${line}\n<<< real\n${real}\n>>> own\n${own}\n`);
    }
    expect(differing.join('\n')).toBe('');
  }, 300_000);

  it('edits with the editor it is told', async () => {
    await served.kubectl('kubectl create configmap edited --from-literal=a=b');
    const EDITOR = "sed -i -e 's/a: b/a: c/'";
    expect(await served.kubectl('kubectl edit configmap edited', {env: {EDITOR}})).toMatchObject({
      stdout: 'configmap/edited edited\n',
      exitCode: 0,
    });
    expect((await served.kubectl('kubectl get configmap edited -o jsonpath={.data.a}')).stdout).toBe('c');
    const untouched = await served.kubectl('kubectl edit configmap edited', {env: {EDITOR: 'true'}});
    expect(untouched.stderr + untouched.stdout).toContain('Edit cancelled, no changes made.');
  });

  it('approves a certificate, and denies another', async () => {
    const request = Buffer.from(JSON.stringify({commonName: 'carol', organizations: ['dev']})).toString('base64');
    const csr = (name: string): string =>
      JSON.stringify({
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: {name},
        spec: {
          request: Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${request}\n-----END CERTIFICATE REQUEST-----\n`).toString('base64'),
          signerName: 'kubernetes.io/kube-apiserver-client',
          usages: ['client auth'],
        },
      });
    for (const name of ['carol', 'dave']) await served.kubectl('kubectl create -f -', {input: csr(name)});
    expect((await served.kubectl('kubectl certificate approve carol')).stdout).toBe(
      'certificatesigningrequest.certificates.k8s.io/carol approved\n',
    );
    expect((await served.kubectl('kubectl certificate deny dave')).stdout).toBe(
      'certificatesigningrequest.certificates.k8s.io/dave denied\n',
    );
    expect((await served.kubectl('kubectl get csr')).stdout).toMatch(/carol .*Approved[\s\S]*dave .*Denied/);
  });

  it('forwards a port to the process behind it, and says when there is none', async () => {
    await served.kubectl('kubectl run forwarded --image=nginx --port=80');
    const both = await served.kubectl(
      'kubectl port-forward pod/forwarded :80 :81 > forwarded.txt 2>&1 & P=$!; ' +
        'till() { for i in $(seq 300); do eval "$1" && break; sleep 0.1; done; }; till "[ \\$(grep -c 127.0.0.1 forwarded.txt) = 2 ]"; ' +
        'port() { sed -n "s/.*127.0.0.1:\\([0-9]*\\) -> $1/\\1/p" forwarded.txt; }; ' +
        'curl -s -m 30 http://127.0.0.1:$(port 80)/ http://127.0.0.1:$(port 80)/; curl -s -m 30 http://127.0.0.1:$(port 81)/; echo "curl ended with $?"; ' +
        'till "grep -q refused forwarded.txt"; kill $P 2>/dev/null; cat forwarded.txt',
    );
    expect(both.stdout.match(/Welcome to nginx!<\/h1>/g)).toHaveLength(2);
    expect(both.stdout).toContain('curl ended with 52');
    expect(both.stdout).toContain('connect: connection refused');
    expect(await served.kubectl('kubectl port-forward pod/nope 80')).toMatchObject({
      exitCode: 1,
      stderr: 'Error from server (NotFound): pods "nope" not found\n',
    });
  });

  it('speaks with a shell: piped, and at a terminal', async () => {
    const piped = await served.kubectl("printf 'cd /etc\\npwd\\nexit 4\\n' | kubectl exec -i forwarded -- sh");
    expect(piped).toMatchObject({stdout: '/etc\n', exitCode: 4});
    const keys = "printf 'cd /etc\\nWHO=me\\npwd; echo $WHO\\nexit 3\\n'";
    const atTerminal = await served.kubectl(`${keys} | script -qec 'kubectl exec -it forwarded -- sh' /dev/null`);
    expect(atTerminal.stdout.replaceAll('\r', '')).toContain('/etc # pwd; echo $WHO\n/etc\nme\n/etc # exit 3');
    expect(atTerminal.stdout).toContain('command terminated with exit code 3');
  });

  it('cannot copy where there is no tar, and says so', async () => {
    expect(await served.kubectl('kubectl cp forwarded:/etc/hostname here')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('exec: "tar": executable file not found in $PATH'),
    });
  });

  it('is not let in without credentials, and not with those of others', async () => {
    const stranger = `kubectl --kubeconfig /dev/null --server ${served.server.url} --insecure-skip-tls-verify --token wrong`;
    expect((await served.kubectl(`${stranger} get pods`)).stderr).toContain('error: You must be logged in to the server');
    expect((await served.kubectl('kubectl --context alice@podyssey auth whoami')).stdout).toMatch(
      /Username +alice\nGroups +\[dev system:authenticated\]/,
    );
    expect((await served.kubectl('kubectl --context system:serviceaccount:default:default@podyssey get secrets')).stderr).toContain(
      'User "system:serviceaccount:default:default" cannot list resource "secrets"',
    );
  });
});

describe.skipIf(!kubectlVersion)(`kubectl ${kubectlVersion ?? '(none is installed)'} while time flows`, () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve({seed: 1, speed: 10});
  });
  afterAll(() => served?.close());

  it('watches a pod being born, and its log and output', async () => {
    const watching = served.kubectl('exec kubectl get pods -w --output-watch-events', {until: /MODIFIED +talker +1\/1 +Running/});
    await expect.poll(() => served.server.streams).toBe(1);
    await served.kubectl("kubectl run talker --image=busybox -- sh -c 'while true; do echo tick; sleep 1; done'");
    expect((await served.kubectl('kubectl wait --for=condition=Ready pod/talker --timeout=40s')).stdout).toBe('pod/talker condition met\n');
    const logs = served.kubectl('exec kubectl logs -f --tail=1 talker', {until: /(tick\n){5}/});
    const attached = served.kubectl('exec kubectl attach talker', {until: /(tick\n){2}/});
    expect((await watching).stdout).toMatch(
      /ADDED +talker +0\/1 +Pending[\s\S]*MODIFIED +talker +0\/1 +ContainerCreating[\s\S]*MODIFIED +talker +1\/1 +Running/,
    );
    expect((await logs).stdout.split('\n').length).toBeGreaterThan(4);
    expect((await attached).stdout).toContain('tick\ntick\n');
  });

  it('ends the log of a container that has ended', async () => {
    await expect.poll(() => served.server.streams).toBe(0);
    const followed = served.kubectl('kubectl logs -f talker --tail=1; echo "logs ended with $?"');
    await expect.poll(() => served.server.streams).toBe(1);
    await served.kubectl('kubectl delete pod talker --grace-period=1');
    expect((await followed).stdout).toContain('logs ended with 0');
  });

  it('follows a rollout, and runs a pod until it has ended', async () => {
    await expect.poll(() => served.server.streams).toBe(0);
    // Else it may have rolled out before anybody looks.
    served.cluster.control({action: 'stop', program: 'kube-scheduler'});
    await served.kubectl('kubectl create deployment rolled --image=nginx --replicas=3');
    const followed = served.kubectl('kubectl rollout status deployment/rolled --timeout=40s');
    await expect.poll(() => served.server.streams).toBe(1);
    served.cluster.control({action: 'start', program: 'kube-scheduler'});
    expect((await followed).stdout).toMatch(
      /Waiting for deployment "rolled" rollout to finish: \d of 3 updated replicas are available\.\.\.\n[\s\S]*successfully rolled out\n$/,
    );
    const ran = await served.kubectl('kubectl run once -i --rm --restart=Never --image=busybox -- echo hello');
    expect(ran.stdout).toMatch(/hello\n[\s\S]*pod "once" deleted/);
  });
});
