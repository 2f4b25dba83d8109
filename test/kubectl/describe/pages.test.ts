/** Describe pages where they are easily got wrong: what stands in them is what the real kubectl prints of the same objects. */
import {expect, it} from 'vitest';
import {createWorld} from '../world.ts';

/** A cluster in which these manifests were applied. */
function worldWith(manifest: string, options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options);
  world.files['all.yaml'] = manifest;
  const {stderr} = world.run('kubectl apply -f all.yaml');
  expect(stderr.replace(/^Warning: .*\n/gm, '')).toBe('');
  return world;
}

const squeezed = (text: string): string => text.replace(/ {2,}/g, ' ');

it('names the namespace of the secret that a persistent volume uses', () => {
  const world = worldWith(`apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  iscsi: {targetPortal: 10.0.0.1, iqn: "iqn.2001-04.com.example:disk", lun: 0, secretRef: {name: chap, namespace: storage}}
`);
  expect(world.run('kubectl describe pv disk').stdout).toContain('SecretRef:          &SecretReference{Name:chap,Namespace:storage,}\n');
});

it('shows of a variable what kubectl can know, and a probe as Go writes its address', () => {
  const world = worldWith(`apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: c
    image: nginx
    resources: {limits: {cpu: "1"}}
    env:
    - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: APP, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
    - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
    livenessProbe: {httpGet: {path: "/a b?(c)", port: 80}}
`);
  const page = squeezed(world.run('kubectl describe pod web').stdout);
  expect(page).toContain(" POD: web (v1:metadata.name)\n APP: (v1:metadata.labels['app'])\n CPU: 1000 (limits.cpu)\n");
  expect(page).toContain('Liveness: http-get http://:80/a%20b%3F%28c%29 delay=0s');
});

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: nginx}]}}
`;

it('takes the second of two words for the beginning of names', () => {
  const world = worldWith(DEPLOYMENT);
  const says = (line: string) => world.run(line).stdout.slice(0, 24);
  expect(says('kubectl describe deployment we')).toBe('Name:                   ');
  expect(world.run('kubectl describe deployment/we')).toMatchObject({
    stdout: '',
    stderr: 'Error from server (NotFound): deployments.apps "we" not found\n',
  });
  expect(world.run('kubectl describe pod/gone deployment/web')).toMatchObject({
    stdout: '',
    stderr: 'Error from server (NotFound): pods "gone" not found\n',
  });
  expect(says('kubectl describe pod/gone deployment/web service/kubernetes')).toBe('Name:                   ');
});

it('shows a Deployment to one who may read nothing around it', () => {
  const world = worldWith(
    `${DEPLOYMENT}---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: only-deployments}
rules: [{apiGroups: [apps], resources: [deployments], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: only-deployments}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: only-deployments}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ann}]
`,
    {people: {admin: {groups: ['system:masters', 'system:authenticated']}, ann: {groups: ['system:authenticated']}}},
  );
  const page = world.run('kubectl describe deployment web', {as: 'ann'});
  expect(page).toMatchObject({stderr: '', exitCode: 0});
  expect(squeezed(page.stdout)).toContain('\nEvents: <none>\n');
  expect(page.stdout).not.toContain('NewReplicaSet:');
});

it('gives a Service that keeps to local endpoints a port for health checks', () => {
  const world = worldWith(`apiVersion: v1
kind: Service
metadata: {name: edge}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80}]}
`);
  expect(world.run('kubectl describe service edge').stdout).toMatch(/HealthCheck NodePort: {5}3\d{4}\n/);
});
