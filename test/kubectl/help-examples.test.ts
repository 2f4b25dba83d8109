/** Every example of every help page, given to a cluster: it does what it says. */
import {describe, expect, it} from 'vitest';
import {encodeRequest} from '../../src/engine/api/certificate-request.ts';
import type {Command} from '../../src/kubectl/command.ts';
import {commands} from '../../src/kubectl/commands/commands.ts';
import {PAGES} from '../../src/kubectl/help/pages.ts';
import {p256, p256Key} from './tls/pairs.ts';
import {createWorld, type World} from './world.ts';

const deployment = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - {name: nginx, image: "nginx:1.27"}
`;

const pod = (name: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  containers:
  - {name: ${name}, image: "redis:7.4"}
`;

const FILES: Readonly<Record<string, string>> = {
  'web.yaml': deployment('web'),
  'same.yaml': deployment('shop'),
  'pod.yaml': pod('one'),
  'cache.yaml': pod('cache'),
  'settings.env': 'A=1\nB=2\n',
  'tls.crt': p256,
  'tls.key': p256Key,
  'roles.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get, list]}
`,
  'csr.yaml': `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: ann}
spec:
  request: ${encodeRequest({commonName: 'ann', organizations: ['dev']})}
  signerName: kubernetes.io/kube-apiserver-client
  usages: [client auth]
`,
};

const CONFIG = `apiVersion: v1
kind: Config
current-context: main
clusters:
- {name: main, cluster: {server: "https://192.168.0.2:6443"}}
- {name: other, cluster: {server: "https://10.0.0.1:6443"}}
users:
- {name: admin, user: {}}
- {name: guest, user: {token: abc}}
contexts:
- {name: main, context: {cluster: main, user: admin}}
- {name: second, context: {cluster: other, user: guest}}
`;

/** In every cluster. */
const FURNITURE = [
  'create deployment web --image=nginx:1.27 --replicas=2',
  'expose deployment web --port=80',
  'run db --image=redis:7.4',
  'create configmap settings --from-literal=color=blue',
  'create namespace shop',
  'wait deployment web --for=condition=Available --timeout=2m',
  'wait pod db --for=condition=Ready --timeout=2m',
];

/** What an example takes for granted beside it. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  'create job': ['create cronjob nightly --image=busybox:1.36 --schedule="0 0 * * *" -- date'],
  'set subject': ['create rolebinding readers --clusterrole=view --user=ada'],
  'certificate approve': ['create -f csr.yaml'],
  'certificate deny': ['create -f csr.yaml'],
  'rollout resume': ['rollout pause deployment/web'],
  'rollout undo': ['set image deployment/web nginx=nginx:1.28', 'rollout status deployment/web'],
  diff: ['apply -f same.yaml'],
  'apply edit-last-applied': ['apply -f same.yaml'],
  'apply set-last-applied': ['apply -f same.yaml'],
  'apply view-last-applied': ['apply -f same.yaml'],
  replace: ['create -f same.yaml', 'create -f cache.yaml'],
};

function prepare(world: World, lines: readonly string[]): World {
  Object.assign(world.files, FILES, {'/home/.kube/config': CONFIG});
  for (const line of lines) expect(world.run(`kubectl ${line}`)).toMatchObject({stderr: '', exitCode: 0});
  return world;
}

let furniture: World | undefined;

/** On a branch of a cluster that is furnished once. */
function furnished(path: string): World {
  furniture ??= prepare(createWorld({nodes: 2}), FURNITURE);
  const world = prepare(createWorld({cluster: furniture.cluster.history.branch()}), BEFORE[path] ?? []);
  if (path.startsWith('top')) world.cluster.advance(60_000);
  return world;
}

const pathsOf = (path: string, command: Command): string[] => [
  path,
  ...(command.subcommands ?? []).flatMap(each => pathsOf(`${path} ${each.name}`, each)),
];

/** What a program writes there that is no complaint. */
const TALK =
  /^(Warning: .*\n|Defaulted container .*\n|If you don't see a command prompt.*\n|All commands and output .*\n|Found \d+ pods.*\n|No (resources|events) found.*\n|Edit cancelled, no changes made\.\n)*$/;

/** They run until somebody ends them. */
const ENDLESS = ['attach'];
/** They may have nothing to say. */
const SILENT = ['diff', 'attach', 'logs', 'wait', 'debug'];

describe('an example', () => {
  it('stands on the page of every command that can be run here', () => {
    const paths = commands.flatMap(command => pathsOf(command.name, command));
    expect(Object.keys(PAGES).sort()).toEqual(paths.sort());
  });

  it.each(Object.entries(PAGES).filter(([, {examples}]) => examples))('of %s does what it says', (path, {examples = []}) => {
    const world = furnished(path);
    for (const [what, line] of examples) {
      expect(line.startsWith(path), what).toBe(true);
      const {stdout, stderr, exitCode} = world.run(`kubectl ${line}`, {edit: text => text, maxSleepMs: 600_000});
      const ended = ENDLESS.includes(path) ? 130 : 0;
      expect({line, exitCode, stderr: TALK.test(stderr) ? '' : stderr}).toEqual({line, exitCode: ended, stderr: ''});
      if (!SILENT.includes(path)) expect(`${stdout}${stderr}`, line).not.toBe('');
    }
  });
});
