/**
 * What kubectl does without asking a server, as the real one does it: both get the same line and the same files. Said, and not done, where no kubectl is installed.
 */
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import type {Command} from '../../src/kubectl/command.ts';
import {commands} from '../../src/kubectl/commands/commands.ts';
import {helpPage} from '../../src/kubectl/help/help.ts';
import {createWorld} from './world.ts';

const KUBECTL = process.env['KUBECTL'] ?? '/usr/bin/kubectl';
const installed = fs.existsSync(KUBECTL);
if (!installed) console.log(`no kubectl at ${KUBECTL}: nothing to compare with (KUBECTL=PATH names one)`);

const FILES: Readonly<Record<string, string>> = {
  'pod.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
spec:
  containers:
  - name: app
    image: nginx:1.27
  - name: side
    image: busybox:1.36
`,
  'deploy.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: app
        image: nginx:1.27
`,
  'settings.env': 'A=1\n# a comment\nB=two words\n',
  'note.txt': 'hello\n',
  'config.yaml': `apiVersion: v1
kind: Config
current-context: main
clusters:
- name: main
  cluster:
    server: https://192.168.0.2:6443
- name: other
  cluster:
    server: https://10.0.0.1:6443
users:
- name: ann
  user:
    token: secret
contexts:
- name: main
  context:
    cluster: main
    user: ann
    namespace: shop
- name: second
  context:
    cluster: other
    user: ann
`,
};

const dry = (line: string): string => `kubectl ${line.replace(/( -- .*)?$/, ' --dry-run=client -o yaml$1')}`;
const config = (line: string): string => `kubectl config ${line} --kubeconfig config.yaml`;

/** By what they are about. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  'create, from flags': [
    'create namespace shop',
    'create configmap c --from-literal=a=1 --from-literal=b=two',
    'create configmap c --from-file=note.txt --from-env-file=settings.env',
    'create configmap c --from-env-file=settings.env',
    'create configmap c --from-file=text=note.txt',
    'create secret generic s --from-literal=a=1',
    'create secret generic s --type=example.com/x --from-file=note.txt',
    'create secret docker-registry r --docker-server=r.example.com --docker-username=u --docker-password=p --docker-email=e@example.com',
    'create serviceaccount robot',
    'create configmap c --append-hash',
    'create configmap c --from-literal=a=1 --append-hash',
    'create secret generic s --from-literal=a=1 --append-hash',
    'create secret docker-registry r --from-file=note.txt',
    'create secret docker-registry r --from-file=.dockerconfigjson=note.txt --append-hash',
    'create secret docker-registry r --docker-server=r.example.com --docker-username=u --docker-password=p --append-hash',
    'create deployment web --image=nginx',
    'create deployment web --image=nginx:1.27 --image=busybox --replicas=3',
    'create deployment web --image=nginx --port=80 --replicas=2',
    'create deployment web --image=busybox -- sleep 1000',
    'create job j --image=busybox',
    'create job j --image=busybox -- echo hello',
    'create cronjob c --image=busybox --schedule="*/5 * * * *"',
    'create cronjob c --image=busybox --schedule="0 * * * *" --restart=Never -- date',
    'create service clusterip s --tcp=80:8080',
    'create service clusterip s --tcp=80 --tcp=443:8443',
    'create service clusterip s --clusterip=None',
    'create service nodeport s --tcp=80:8080 --node-port=30080',
    'create service loadbalancer s --tcp=80:8080',
    'create service externalname s --external-name=example.com',
    'create ingress i --rule=a.example.com/*=web:80',
    'create ingress i --class=nginx --rule="a.example.com/path=web:http,tls=cert" --annotation a=b',
    'create ingress i --default-backend=web:80',
    'create quota q --hard=cpu=1,pods=3',
    'create quota q --hard=pods=3 --scopes=BestEffort',
    'create poddisruptionbudget p --selector=app=web --min-available=1',
    'create pdb p --selector=app=web --max-unavailable=50%',
    'create priorityclass high --value=1000 --description="very high" --preemption-policy=Never',
    'create priorityclass usual --value=10 --global-default=true',
    'create rolebinding b --role=r --user=ann --group=dev --serviceaccount=default:robot',
    'create rolebinding b --clusterrole=view --user=ann',
    'create clusterrolebinding b --clusterrole=view --group=dev',
    'create clusterrole c --verb=get --non-resource-url=/logs/*',
    'create clusterrole c --aggregation-rule=a=b',
  ].map(dry),
  'templates that work, and that do not': [
    '{{.metadata.name.foo}}',
    'a {{.metadata.nope.foo}} b',
    '{{range .metadata.name}}x{{end}}',
    '{{index .spec.template.spec.containers 5}}',
    '{{(index .spec.template.spec.containers 0).image}}',
    '{{(index .spec.template.spec.containers 0).name.x}}',
    '{{len .spec.replicas}} {{len .kind}}',
    '{{.kind | len}} {{len .metadata}}',
    '{{eq .spec.replicas 1}} {{ne .kind "Pod"}} {{eq .kind "A" "Deployment"}}',
    '{{lt .kind 3}}',
    '{{eq .kind}}',
    '{{eq .metadata .metadata}}',
    '{{printf "%d %s %q %v %5d|%-5s|%t" .spec.replicas .kind .kind .metadata.labels 7 "a" true}}',
    '{{printf "%s %d" .spec.replicas .kind}}{{printf "%s"}}{{printf "a" 1}}',
    '{{print .spec.replicas .kind 1 2}}',
    '{{index .metadata "labels" "app"}}',
    '{{index .metadata "name" "x"}}',
    '{{index .metadata .spec.replicas}}',
    '{{range $k, $v := .metadata}}{{$k}}={{$v}};{{end}}',
    '{{range $k, $v := .metadata}}{{$k}}={{$v.x}};{{end}}',
    '{{range $i, $c := .spec.template.spec.containers}}{{$i}}{{$c.name}}{{else}}none{{end}}',
    '{{range .nope}}x{{else}}none{{end}}',
    '{{with $x := .metadata}}{{$x.name}} {{.labels.app}}{{end}}{{with .nope}}a{{else}}b{{end}}',
    '{{with $x := .metadata}}\n {{$x.name.y}}{{end}}',
    '{{if and .kind .nope}}a{{else if .spec.replicas}}b{{else}}c{{end}}',
    '{{or .nope .kind}} {{and .kind .metadata.name}} {{not .nope}}',
    '{{slice .kind 1 3}}{{slice .kind 1 99}}',
    '{{not}}',
    '{{.kind "a"}}',
    '{{"a" | .kind}}',
    '{{base64decode "aGVsbG8="}}{{base64decode "!!"}}',
    '{{html "<a>"}} {{js "it is <b>"}} {{urlquery "a b&c"}}',
    '{{exists .metadata "labels" "app"}} {{exists .metadata "nope"}}',
    '{{- .kind -}} x {{/* nothing */}} {{ .nope }}',
    '{{range .spec.template.spec.containers}}{{.name}}{{break}}{{end}}',
    '{{nil}}',
    '{{nope}}',
    '{{end}}',
    '{{define "x"}}[{{.}}]{{end}}{{template "x" .kind}}{{template "x"}}',
    '{{define "x"}}{{.name}} {{template "y" .labels}}{{end}}{{define "y"}}{{.app.z}}{{end}}{{template "x" .metadata}}',
    '{{block "b" .metadata}}{{.name}}{{end}} {{template "b" .metadata}}',
    '{{template "nope" .}}',
    '{{define "x"}}a{{end}}{{define "x"}}b{{end}}',
    '{{define "x"}}a{{else}}b{{end}}',
    '{{if .kind}}{{define "x"}}a{{end}}{{end}}',
    '{{with .nope}}a{{else with .kind}}{{.}}{{else}}c{{end}}',
    '{{$n := 1}}{{if true}}{{$n = 2}}{{$n}}{{end}}{{$n}}',
    '{{$n := 1}}{{if true}}{{$n := 2}}{{$n}}{{end}}{{$n}}',
    '{{$n}}',
    '{{$n = 1}}',
    '{{$a, $b := .kind}}',
    '{{break}}',
    '{{.kind | 3}}',
    '{{(.kind}}',
    '{{.kind)}}',
    '{{1x}}',
    '{{"a".x}}',
    '{{.kind@}}',
    '{{/* open',
    '{{if true}}\n{{.kind\n .x}}{{end}}',
    '{{printf "%5.2f|%-5s|%05d|%x|%q|%t|%v|%T" 1.5 "ab" -42 255 "a" true .metadata.labels .spec.replicas}}',
    '{{printf "%[2]d %[1]d %*d %c %U %e %#v %+d" 1 2}}',
    '{{printf 1}}',
    '{{3 | printf}}',
    '{{call .kind}}',
    '{{len .nope}}',
    '{{slice .kind 1 2 3}}',
    '{{1e6}} {{1.0}} {{0.00001}}',
  ].map(template => `kubectl label --local -f deploy.yaml tier=x -o go-template='${template}'`),
  'changes to a file': [
    'kubectl label --local -f pod.yaml tier=front -o yaml',
    'kubectl label --local -f pod.yaml app- -o yaml',
    'kubectl label --local -f pod.yaml app=other --overwrite -o yaml',
    'kubectl annotate --local -f pod.yaml note=hello -o yaml',
    'kubectl set image --local -f pod.yaml app=nginx:1.28 -o yaml',
    'kubectl set image --local -f deploy.yaml "*=nginx:1.28" -o yaml',
    'kubectl set env --local -f deploy.yaml A=1 -o yaml',
    'kubectl set resources --local -f deploy.yaml --limits=cpu=200m,memory=512Mi -o yaml',
    'kubectl set serviceaccount --local -f deploy.yaml robot -o yaml',
    `kubectl patch --local -f pod.yaml -p '{"spec":{"nodeName":"n1"}}' -o yaml`,
    `kubectl patch --local -f deploy.yaml --type json -p '[{"op":"replace","path":"/spec/replicas","value":3}]' -o yaml`,
    `kubectl patch --local -f deploy.yaml --type merge -p '{"spec":{"replicas":5}}' -o json`,
    'kubectl set image --local -f pod.yaml nothing=nginx -o yaml',
    'kubectl label --local -f pod.yaml "bad key=x" -o yaml',
    'kubectl label --local -f pod.yaml',
    'kubectl label --local -f pod.yaml app=other -o yaml',
  ],
  'the kubeconfig': [
    config('view'),
    config('view --minify'),
    config('view --raw'),
    config('view -o json'),
    config("view -o jsonpath='{.users[*].name}'"),
    config('current-context'),
    config('get-contexts'),
    config('get-contexts -o name'),
    config('get-contexts second'),
    config('get-contexts nothing'),
    config('get-users'),
    config('use-context second'),
    config('current-context'),
    config('use-context nothing'),
    config('set-context --current --namespace=bank'),
    config('set-context new --cluster=other --user=bob'),
    config('set-cluster third --server=https://1.2.3.4:6443 --insecure-skip-tls-verify=true'),
    config('set-credentials bob --token=t'),
    config('set-credentials carl --username=c --password=p'),
    config('set users.ann.token other'),
    config('set-credentials dora --client-certificate=note.txt --embed-certs=true'),
    config('set-credentials dora --client-certificate=none.txt --embed-certs=true'),
    config('set-credentials dora --embed-certs=true'),
    config('set-credentials eve --client-certificate=note.txt'),
    config(
      'set-credentials finn --exec-command=aws --exec-api-version=client.authentication.k8s.io/v1 --exec-arg=a --exec-arg=b --exec-env=X=1',
    ),
    config('set-credentials finn --exec-env=X- --exec-env=Z=3 --exec-interactive-mode=Never --exec-provide-cluster-info=true'),
    config('set-credentials finn --exec-interactive-mode=Sometimes'),
    config('set-credentials gil --auth-provider=oidc --auth-provider-arg=client-id=foo --auth-provider-arg=client-secret=bar'),
    config('set-credentials gil --auth-provider-arg=client-secret-'),
    config('set-credentials hugo --token=a --username=b'),
    config('set-cluster fourth --certificate-authority=note.txt --embed-certs=true --server=https://x'),
    config('set-cluster fourth --certificate-authority=note.txt'),
    config('set-cluster fifth --embed-certs=true'),
    config('set-cluster fifth --certificate-authority=note.txt --insecure-skip-tls-verify=true'),
    config('set users.dora.client-certificate-data YWJj'),
    config('set users.dora.client-certificate-data abc --set-raw-bytes=true'),
    config("set users.dora.client-certificate-data 'a!c'"),
    config("view -o go-template='{{range .users}}{{.name}} {{end}}'"),
    config("view --template='{{.kind}}' -o go-template"),
    config('view -o name'),
    config('view'),
    config('unset users.carl'),
    config('rename-context new newer'),
    config('delete-context newer'),
    config('delete-cluster third'),
    config('delete-user bob'),
    config('delete-user nobody'),
    config('view'),
  ],
  'wrong use': [
    'kubectl get pods --nope',
    'kubectl create',
    'kubectl create deployment',
    'kubectl create deployment web',
    'kubectl create configmap',
    'kubectl create configmap c --from-literal=a --dry-run=client -o yaml',
    'kubectl create configmap c --from-literal=a=1 --from-literal=a=2 --dry-run=client -o yaml',
    'kubectl create secret generic',
    'kubectl create quota',
    'kubectl create job',
    'kubectl create job j',
    'kubectl create cronjob c --image=x --dry-run=client -o yaml',
    'kubectl create service clusterip s --dry-run=client -o yaml',
    'kubectl create service nodeport',
    'kubectl create service externalname s --dry-run=client -o yaml',
    'kubectl create ingress i --dry-run=client -o yaml',
    'kubectl create ingress i --rule=nonsense --dry-run=client -o yaml',
    'kubectl create role r --dry-run=client -o yaml',
    'kubectl create rolebinding b --dry-run=client -o yaml',
    'kubectl create clusterrolebinding b --user=ann --dry-run=client -o yaml',
    'kubectl create pdb p --dry-run=client -o yaml',
    'kubectl create pdb p --selector=a=b --dry-run=client -o yaml',
    'kubectl create priorityclass',
    'kubectl create deployment web --image=nginx --dry-run=maybe',
    'kubectl create deployment web --image=nginx --replicas=x',
    'kubectl create deployment web --image=nginx -o nonsense --dry-run=client',
    'kubectl create deployment web --image=a --image=b --dry-run=client -o yaml -- sh',
    'kubectl run',
    'kubectl run web',
    'kubectl run web --image=NGINX --dry-run=client -o yaml',
    'kubectl run web --image=nginx --restart=Sometimes --dry-run=client -o yaml',
    'kubectl run web --image=nginx --rm --dry-run=client -o yaml',
    'kubectl run web --image=nginx --cascade=x --dry-run=client -o yaml',
    'kubectl taint nodes a b=c:NoSchedule --validate=x',
    'kubectl replace --raw=/x -f a -f b',
    'kubectl replace --raw=/x -f pod.yaml --grace-period=3',
    'kubectl create --raw=/x -f pod.yaml --edit',
    'kubectl create --raw=/x -f pod.yaml -l a=b',
    'kubectl create --raw=x -f pod.yaml',
    'kubectl apply -f pod.yaml --subresource=status',
    'kubectl apply -f pod.yaml --prune --all --prune-allowlist=foo',
    'kubectl run web --image=nginx --expose --dry-run=client -o yaml',
    'kubectl get',
    'kubectl get pods --context nope',
    'kubectl get pods --output-watch-events',
    'kubectl rollout status',
    'kubectl replace',
    'kubectl edit',
    'kubectl explain',
    'kubectl explain a b',
    'kubectl attach',
    'kubectl set env',
    'kubectl taint node one',
    'kubectl label pod web a=b more',
    "kubectl patch pod web --type=nonsense -p '{}'",
    'kubectl create secret tls t --cert=none --key=none --dry-run=client',
    'kubectl create service clusterip s --tcp=bad --dry-run=client',
    'kubectl create service clusterip s --tcp=70000 --dry-run=client',
    'kubectl create service clusterip s --tcp=80:Bad_Name --dry-run=client',
    'kubectl create clusterrole c --verb=get --aggregation-rule=a=b --dry-run=client',
    'kubectl describe pods --cluster nope',
    'kubectl create namespace x --context nope',
    'kubectl create namespace x --cluster nope --user nobody',
    'kubectl nonsense',
    'kubectl gett',
    'kubectl delete',
    'kubectl scale',
    'kubectl scale deployment web',
    'kubectl expose',
    'kubectl logs',
    'kubectl exec',
    'kubectl exec web',
    'kubectl rollout nonsense',
    'kubectl label',
    'kubectl taint',
    'kubectl cordon',
    'kubectl drain',
    'kubectl patch',
    'kubectl wait',
    'kubectl describe',
    'kubectl apply',
    'kubectl apply -f',
    'kubectl apply -f missing.yaml',
    'kubectl create -f missing.yaml',
    'kubectl explain',
    'kubectl set image',
    'kubectl auth can-i',
    'kubectl config set-context',
    'kubectl config nonsense',
    'kubectl version --client --nope',
    'kubectl -n',
    'kubectl get pods -o',
  ],
};

/** Answered with a page of help, which is each version's own: how it ends is compared. */
const HELPED = [
  'kubectl create secret',
  'kubectl rollout',
  'kubectl set',
  'kubectl top',
  'kubectl create service',
  'kubectl config use-context',
];

/** A folder with the files, and the real one in it. */
function realWorld() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'real-kubectl-'));
  for (const [name, text] of Object.entries(FILES)) fs.writeFileSync(path.join(folder, name), text);
  return {
    run(line: string) {
      const command = line.replace(/^kubectl/, KUBECTL);
      const {stdout, stderr, status} = spawnSync('/bin/sh', ['-c', command], {
        cwd: folder,
        encoding: 'utf8',
        timeout: 50_000,
        // A program that lives for a tenth of a second need not collect its garbage.
        env: {GOGC: 'off', HOME: folder, PATH: '/nonexistent', KUBECONFIG: path.join(folder, 'none')},
      });
      return {stdout, stderr, exitCode: status};
    },
    close: () => fs.rmSync(folder, {recursive: true, force: true}),
  };
}

/** Not compared: what has changed between the versions, and where each one lives. */
const blur = (text: string): string =>
  text
    .replace(/^( *)metadata:\n\1 {2}creationTimestamp: null\n(?!\1 {2})/gm, '$1metadata: {}\n')
    .replace(/^ *"?creationTimestamp"?: null,?\n/gm, '')
    .replace(/^preferences: \{\}\n| {4}"preferences": \{\},\n/gm, '')
    .replace(',kyaml', '')
    // Debian's build words these as its library does; upstream's own, recorded elsewhere, as ours.
    .replace(/^Error: /gm, 'error: ')
    .replace(/^E\d{4} .* err="(.*)"$/gm, (_, text: string) => `error: ${text.replaceAll('\\"', '"')}`)
    .replaceAll(KUBECTL, 'kubectl')
    .replace(/\/\S*\/(?=[\w-]+\.(yaml|txt|env)\b)/g, '')
    .trimEnd();

const DECLINED = 'it is declined here, and its page says why';
/** Pages that are others, and why. */
const OTHER_PAGES: Readonly<Record<string, string>> = {
  'kubectl explain-scheduling': 'the real one has no such command',
  'kubectl autoscale': '--cpu-percent has given way to --cpu and --memory since 1.34',
  'kubectl config set': 'values are texts here: there is no --set-raw-bytes',
  'kubectl config set-credentials': 'no plugins are run here, so none are set',
  'kubectl proxy': DECLINED,
  'kubectl cp': DECLINED,
  'kubectl kustomize': DECLINED,
  'kubectl completion': DECLINED,
  'kubectl plugin': DECLINED,
};

const pathsOf = (path: string, command: Command): [string, Command][] => [
  [path, command],
  ...(command.subcommands ?? []).flatMap(each => pathsOf(`${path} ${each.name}`, each)),
];

describe.skipIf(!installed)('as the real kubectl', () => {
  for (const [about, lines] of Object.entries(LINES))
    it(about, {timeout: 300_000}, () => {
      const real = realWorld();
      const ours = createWorld({nodes: 0});
      Object.assign(ours.files, FILES);
      const different: string[] = [];
      for (const line of lines) {
        const [want, got] = [real.run(line), ours.run(line)];
        const show = ({stdout, stderr, exitCode}: {stdout: string; stderr: string; exitCode: number | null}) =>
          `${blur(stdout)}\n${blur(stderr)}\nexit ${exitCode}`.trim();
        if (show(want) !== show(got)) different.push(`$ ${line}\n--- real\n${show(want)}\n--- ours\n${show(got)}`);
      }
      real.close();
      console.log(`real kubectl, ${about}: ${lines.length - different.length}/${lines.length}`);
      if (different.length > 0) console.log(different.join('\n\n'));
      expect(different.length).toBe(0);
    });

  it('has pages of the same parts, usage lines and other names', {timeout: 300_000}, () => {
    const real = realWorld();
    const told = (page: string) => ({
      parts: [...page.matchAll(/^(Aliases|Examples|Available Commands|Options|Usage):/gm)].map(([, part]) => part),
      aliases: /^Aliases:\n(.*)\n/m.exec(page)?.[1],
      usage: /^Usage:\n {2}(.*)\n/m.exec(page)?.[1]?.replace('|kyaml', ''),
    });
    const different = commands
      .flatMap(command => pathsOf(`kubectl ${command.name}`, command))
      .filter(([path]) => !Object.hasOwn(OTHER_PAGES, path))
      .map(([path, command]) => ({path, want: told(real.run(`${path} --help`).stdout), got: told(helpPage(path, command))}))
      .filter(({want, got}) => JSON.stringify(want) !== JSON.stringify(got));
    real.close();
    expect(different).toEqual([]);
  });

  it('ends as badly where a page of help is all there is to say', () => {
    const real = realWorld();
    const ours = createWorld({nodes: 0});
    for (const line of HELPED) {
      const [want, got] = [real.run(line), ours.run(line)];
      const last = (text: string): string => /^error: .*$/m.exec(text)?.[0] ?? '';
      expect(`${line}: ${got.exitCode} ${last(got.stderr)}`).toBe(`${line}: ${want.exitCode} ${last(want.stderr)}`);
    }
    real.close();
  });
});
