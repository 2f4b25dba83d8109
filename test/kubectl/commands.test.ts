/** Lines against a simulated cluster, as a learner types them. */
import {describe, expect, it} from 'vitest';
import {createWorld} from './world.ts';

const DEPLOYMENT = (replicas: number, image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - {name: web, image: "${image}"}
`;

describe('get --sort-by', () => {
  it('puts what has no such time first', () => {
    const {run} = createWorld({nodes: 1});
    run('kubectl run web --image=nginx');
    run('kubectl wait pod web --for=condition=Ready --timeout=60s');
    const {items} = JSON.parse(run('kubectl get events --sort-by=.lastTimestamp -o json').stdout) as {
      items: {lastTimestamp: string | null}[];
    };
    const times = items.map(event => event.lastTimestamp);
    expect(times[0]).toBeNull();
    expect(times).toEqual([...times.filter(time => time === null), ...times.filter(time => time !== null).toSorted()]);
  });
});

describe('set subject', () => {
  it('adds who is not there yet', () => {
    const {run} = createWorld({nodes: 0});
    run('kubectl create rolebinding readers --clusterrole=view --user=ada');
    expect(run('kubectl set subject rolebinding readers --user=bob --user=ada --group=dev --serviceaccount=:builder').stdout).toBe(
      'rolebinding.rbac.authorization.k8s.io/readers subjects updated\n',
    );
    expect(run("kubectl get rolebinding readers -o jsonpath='{.subjects[*].name} {.subjects[3].namespace}'").stdout).toBe(
      'ada bob dev builder default',
    );
    expect(run('kubectl set subject rolebinding readers --user=bob').stdout).toBe('');
  });

  it('says what it needs', () => {
    const {run} = createWorld({nodes: 0});
    run('kubectl create clusterrolebinding readers --clusterrole=view --user=ada');
    expect(run('kubectl set subject clusterrolebinding readers').stderr).toBe(
      'error: you must specify at least one value of user, group or serviceaccount\n',
    );
    expect(run('kubectl set subject clusterrolebinding readers --serviceaccount=builder').stderr).toBe(
      'error: serviceaccount must be <namespace>:<name>\n',
    );
    expect(run('kubectl set subject clusterrolebinding readers --serviceaccount=:builder').stderr).toBe(
      'error: serviceaccount must be <namespace>:<name>, namespace must be specified\n',
    );
  });
});

describe('set selector', () => {
  it('replaces the selector of a Service, and of nothing else', () => {
    const {run} = createWorld({nodes: 1});
    run('kubectl create service clusterip shop --tcp=80');
    expect(run('kubectl set selector service shop app=shop,tier=web').stdout).toBe('service/shop selector updated\n');
    expect(JSON.parse(run('kubectl get service shop -o jsonpath={.spec.selector}').stdout)).toEqual({app: 'shop', tier: 'web'});
    run('kubectl set selector service shop app=other');
    expect(JSON.parse(run('kubectl get service shop -o jsonpath={.spec.selector}').stdout)).toEqual({app: 'other'});
    expect(run('kubectl describe service shop').stdout).toMatch(/Endpoints: +\n|Endpoints: +<none>\n/);
    run('kubectl create deployment web --image=nginx');
    expect(run('kubectl set selector deployment web app=x').stderr).toBe('error: setting a selector is only supported for Services\n');
  });
});

describe('apply', () => {
  it('creates, changes, and sees that nothing changed', () => {
    const {run, files} = createWorld({nodes: 2});
    files['shop.yaml'] = DEPLOYMENT(2, 'nginx:1.25');
    expect(run('kubectl apply -f shop.yaml').stdout).toBe('deployment.apps/shop created\n');
    expect(run('kubectl apply -f shop.yaml').stdout).toBe('deployment.apps/shop unchanged\n');
    files['shop.yaml'] = DEPLOYMENT(2, 'nginx:1.26');
    expect(run('kubectl apply -f shop.yaml').stdout).toBe('deployment.apps/shop configured\n');
    expect(run('kubectl get deploy shop -o jsonpath={..image}').stdout).toContain('nginx:1.26');
  });

  it('takes away what the manifest no longer says and leaves what others added', () => {
    const {run, files} = createWorld({nodes: 1});
    files['cm.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {mine: "1"}}\ndata: {a: "1", b: "2"}\n';
    run('kubectl apply -f cm.yaml');
    run('kubectl label cm c theirs=1');
    files['cm.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {also: "1"}}\ndata: {a: "1"}\n';
    run('kubectl apply -f cm.yaml');
    expect(JSON.parse(run('kubectl get cm c -o jsonpath={.data}').stdout)).toEqual({a: '1'});
    expect(JSON.parse(run('kubectl get cm c -o jsonpath={.metadata.labels}').stdout)).toEqual({also: '1', theirs: '1'});
  });

  it('reads standard input and several documents', () => {
    const {run} = createWorld({nodes: 1});
    const both = ['one', 'two'].map(name => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`).join('---\n');
    expect(run('kubectl apply -f -', {stdin: both}).stdout).toBe('configmap/one created\nconfigmap/two created\n');
    expect(run('kubectl delete -f -', {stdin: both}).stdout).toBe(
      'configmap "one" deleted from default namespace\nconfigmap "two" deleted from default namespace\n',
    );
  });

  it('only says what it would do in a dry run', () => {
    const {run, files, requests} = createWorld({nodes: 1});
    files['shop.yaml'] = DEPLOYMENT(1, 'nginx');
    expect(run('kubectl apply -f shop.yaml --dry-run=client').stdout).toBe('deployment.apps/shop created (dry run)\n');
    expect(run('kubectl apply -f shop.yaml --dry-run=server').stdout).toBe('deployment.apps/shop created (server dry run)\n');
    expect(requests.every(r => r.method === 'GET')).toBe(true);
    expect(run('kubectl get deploy').stderr).toBe('No resources found in default namespace.\n');
  });

  it('reports a conflict of managers on the server side', () => {
    const {run, files} = createWorld({nodes: 1});
    files['cm.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: "1"}\n';
    expect(run('kubectl apply --server-side -f cm.yaml').stdout).toBe('configmap/c serverside-applied\n');
    const other = run('kubectl apply --server-side --field-manager=other -f -', {stdin: files['cm.yaml']!.replace('"1"', '"2"')});
    expect(other.stderr).toContain('error: Apply failed with 1 conflict: conflict with "kubectl": .data.a\n');
    expect(other.exitCode).toBe(1);
  });
});

describe('get', () => {
  it('prints tables, wide ones, several kinds, and labels', () => {
    const {run} = createWorld({nodes: 1});
    run('kubectl create deployment web --image=nginx');
    run('kubectl create service clusterip web --tcp=80:8080');
    run('kubectl rollout status deploy/web');
    expect(run('kubectl get deploy web --no-headers').stdout).toMatch(/^web {3}1\/1 {3}1 {5}1 {5}\d+s\n$/);
    expect(run('kubectl get deploy,svc web -o name').stdout).toBe('deployment.apps/web\nservice/web\n');
    expect(run('kubectl get pods -l app=web -L app').stdout).toMatch(
      /^NAME +READY +STATUS +RESTARTS +AGE +APP\nweb-\S+ +1\/1 +Running +0 +\d+s +web\n$/,
    );
    expect(run('kubectl get pods -o wide').stdout.split('\n')[0]).toMatch(/AGE +IP +NODE +NOMINATED NODE +READINESS GATES$/);
    expect(run('kubectl get pods -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName').stdout).toMatch(
      /^NAME +NODE\nweb-\S+ +node-1\n$/,
    );
    expect(run('kubectl get all').stdout).toMatch(
      /^NAME +READY[\s\S]*\npod\/web-[\s\S]*service\/web[\s\S]*deployment\.apps\/web[\s\S]*replicaset\.apps\/web-/,
    );
    expect(run('kubectl get ns --sort-by=.metadata.name -o name').stdout).toBe(
      'namespace/default\nnamespace/kube-node-lease\nnamespace/kube-public\nnamespace/kube-system\n',
    );
  });

  it('watches until it is stopped', () => {
    const {run, cluster} = createWorld({nodes: 1});
    run('kubectl run web --image=nginx');
    cluster.advance(100);
    const {stdout, exitCode} = run('kubectl get pod web -w', {maxSleepMs: 10_000});
    expect(stdout).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE\nweb +0\/1 +\w+ +0 +\d+s\n(?:web .*\n)*web +1\/1 +Running +0 +\d+s\n$/);
    expect(exitCode).toBe(130);
  });

  it('watches one object that has been quiet for longer than versions are kept', () => {
    const {run, cluster} = createWorld({nodes: 1});
    run('kubectl create deployment web --image=nginx');
    run('kubectl rollout status deploy web');
    run('kubectl rollout pause deploy web');
    run('kubectl set image deploy web nginx=nginx:1.27');
    cluster.advance(1_200_000);
    const row = /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +1\/1 +0 +1 +20m\n$/;
    expect(run('kubectl get deploy web -w', {maxSleepMs: 10_000})).toMatchObject({stdout: expect.stringMatching(row), stderr: ''});
    expect(run('kubectl rollout status deploy web --timeout=5s')).toMatchObject({
      stdout: 'Waiting for deployment "web" rollout to finish: 0 out of 1 new replicas have been updated...\n',
      stderr: 'error: timed out waiting for the condition\n',
    });
  });

  it('shows its requests with -v=6', () => {
    const {run} = createWorld({nodes: 1});
    expect(run('kubectl get ns default -o name -v=6').stderr).toMatch(
      /"Response" verb="GET" url="https:\/\/\S+\/api\/v1\/namespaces\/default" status="200 OK"/,
    );
  });
});

describe('waiting', () => {
  it('ends when the condition is met', () => {
    const {run} = createWorld({nodes: 1});
    run('kubectl run web --image=nginx');
    expect(run('kubectl wait --for=condition=Ready pod/web').stdout).toBe('pod/web condition met\n');
    expect(run('kubectl wait --for=condition=Nope pod/web --timeout=2s')).toMatchObject({
      stderr: 'error: timed out waiting for the condition on pods/web\n',
      exitCode: 1,
    });
    expect(run('kubectl delete pod web').stdout).toBe('pod "web" deleted from default namespace\n');
    expect(run('kubectl get pods').stderr).toBe('No resources found in default namespace.\n');
  });
});

describe('rollouts', () => {
  it('go forth and back', () => {
    const {run, cluster} = createWorld({nodes: 2});
    run('kubectl create deployment web --image=nginx:1.25 --replicas=2');
    expect(run('kubectl rollout status deploy/web').stdout).toMatch(/deployment "web" successfully rolled out\n$/);
    expect(run('kubectl set image deploy/web nginx=nginx:1.26').stdout).toBe('deployment.apps/web image updated\n');
    run('kubectl rollout status deploy/web');
    expect(run('kubectl rollout history deploy/web').stdout).toBe(
      'deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n',
    );
    expect(run('kubectl rollout undo deploy/web').stdout).toBe('deployment.apps/web rolled back\n');
    run('kubectl rollout status deploy/web');
    cluster.advance(60_000);
    expect(run('kubectl get pods -o jsonpath={..spec.containers[*].image}').stdout).toBe('nginx:1.25 nginx:1.25');
    expect(run('kubectl scale deploy web --replicas=1').stdout).toBe('deployment.apps/web scaled\n');
    expect(run('kubectl rollout restart deploy/web').stdout).toBe('deployment.apps/web restarted\n');
  });
});

describe('inside containers', () => {
  it('reads logs and runs commands, whose exit code is its own', () => {
    const {run, cluster} = createWorld({nodes: 1});
    run("kubectl run talker --image=busybox -- sh -c 'echo one; echo two; sleep 1000'");
    cluster.advance(5000);
    expect(run('kubectl logs talker').stdout).toBe('one\ntwo\n');
    expect(run('kubectl logs talker --tail=1').stdout).toBe('two\n');
    expect(run("kubectl exec talker -- sh -c 'echo here; exit 3'")).toEqual({
      stdout: 'here\n',
      stderr: 'command terminated with exit code 3\n',
      exitCode: 3,
    });
  });

  it('reads the ends of the logs of many pods, and follows only so many at once', () => {
    const {run, cluster} = createWorld({nodes: 1});
    for (const name of ['ann', 'bob'])
      run(
        `kubectl run ${name} --image=busybox -l who=two -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo ${name} $i; done; sleep 20; echo bye'`,
      );
    cluster.advance(5000);
    const lines = (args: string) => run(`kubectl logs ${args}`).stdout.split('\n').length - 1;
    expect(lines('ann')).toBe(12);
    expect(lines('-l who=two')).toBe(20);
    expect(lines('-l who=two --tail=-1')).toBe(24);
    expect(run('kubectl logs -f -l who=two --max-log-requests=1').stderr).toBe(
      'error: you are attempting to follow 2 log streams, but maximum allowed concurrency is 1, use --max-log-requests to increase the limit\n',
    );
    const followed = run('kubectl logs -f -l who=two --tail=1 --prefix').stdout.split('\n');
    expect(followed.slice(0, 2)).toEqual(['[pod/ann/ann] ann 12', '[pod/bob/bob] bob 12']);
    expect(followed.slice(2, 4)).toEqual(['[pod/ann/ann] bye', '[pod/bob/bob] bye']);
  });

  it('looks at its flags once the pod is found', () => {
    const {run} = createWorld({nodes: 1});
    run('kubectl run ann --image=busybox -- sleep 100');
    for (const [args, message] of [
      ['ann --tail=-2', '--tail must be greater than or equal to -1'],
      ['ann --since=-3s', '--since must be greater than 0'],
      ['ann --limit-bytes=-1', '--limit-bytes must be greater than 0'],
      ['ann ann -c ann', 'only one of -c or an inline [CONTAINER] arg is allowed'],
      ['ann --all-containers ann', '--all-containers=true should not be specified with container name ann'],
      ['gone --tail=-2', 'error from server (NotFound): pods "gone" not found in namespace "default"'],
    ])
      expect(run(`kubectl logs ${args}`).stderr).toBe(`error: ${message}\n`);
  });

  it('finds the pod of a job', () => {
    const {run} = createWorld({nodes: 1});
    run('kubectl create job hi --image=busybox -- echo hello');
    expect(run('kubectl wait --for=condition=complete job/hi').stdout).toBe('job.batch/hi condition met\n');
    expect(run('kubectl logs job/hi').stdout).toBe('hello\n');
  });
});

describe('nodes', () => {
  it('are tainted, cordoned and drained', () => {
    const {run} = createWorld({nodes: 2});
    expect(run('kubectl taint node node-1 k=v:NoSchedule').stdout).toBe('node/node-1 tainted\n');
    expect(run('kubectl taint node node-1 k-').stdout).toBe('node/node-1 untainted\n');
    run('kubectl create deployment web --image=nginx --replicas=2');
    run('kubectl rollout status deploy/web');
    const {stdout, exitCode} = run('kubectl drain node-1 --ignore-daemonsets');
    expect(stdout).toMatch(/^node\/node-1 cordoned\n[\s\S]*node\/node-1 drained\n$/);
    expect(exitCode).toBe(0);
    expect(run('kubectl get node node-1').stdout).toMatch(/node-1 +Ready,SchedulingDisabled/);
    expect(run('kubectl get pods --field-selector spec.nodeName=node-1 -o name').stdout).toBe('');
    expect(run('kubectl uncordon node-1').stdout).toBe('node/node-1 uncordoned\n');
  });
});

describe('rights', () => {
  it('are granted and asked for', () => {
    const {run} = createWorld({nodes: 1, people: {admin: {groups: ['system:masters']}, alice: {groups: ['system:authenticated']}}});
    expect(run('kubectl auth can-i list pods', {as: 'alice'})).toMatchObject({stdout: 'no\n', exitCode: 1});
    run('kubectl create role reader --verb=get,list,watch --resource=pods');
    run('kubectl create rolebinding readers --role=reader --user=alice');
    expect(run('kubectl auth can-i list pods', {as: 'alice'})).toMatchObject({stdout: 'yes\n', exitCode: 0});
    expect(run('kubectl auth can-i list pods --as=alice -n kube-system').stdout).toBe('no\n');
    expect(run('kubectl auth whoami --as=alice').stdout).toMatch(/^ATTRIBUTE +VALUE\nUsername +alice\n/);
  });
});

describe('changing what is there', () => {
  it('labels, annotates, patches, edits and exposes', () => {
    const {run} = createWorld({nodes: 1});
    run('kubectl create deployment web --image=nginx --port=80');
    expect(run('kubectl label deploy web tier=front').stdout).toBe('deployment.apps/web labeled\n');
    expect(run('kubectl label deploy web tier=back').stderr).toBe("error: 'tier' already has a value (front), and --overwrite is false\n");
    expect(run('kubectl label deploy web tier-').stdout).toBe('deployment.apps/web unlabeled\n');
    expect(run('kubectl annotate deploy web note=1').stdout).toBe('deployment.apps/web annotated\n');
    expect(run(`kubectl patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":3}]'`).stdout).toBe(
      'deployment.apps/web patched\n',
    );
    expect(run('kubectl edit deploy web', {edit: text => text.replace('replicas: 3', 'replicas: 2')}).stdout).toBe(
      'deployment.apps/web edited\n',
    );
    expect(run('kubectl get deploy web -o jsonpath={.spec.replicas}').stdout).toBe('2');
    expect(run('kubectl expose deploy web').stdout).toBe('service/web exposed\n');
    expect(run('kubectl get svc web -o jsonpath={.spec.selector.app}:{.spec.ports[0].port}').stdout).toBe('web:80');
  });
});

it('shows custom resources in the columns of their definition', () => {
  const {run, cluster} = createWorld({nodes: 1});
  const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
`;
  run('kubectl create -f -', {stdin: definition});
  cluster.advance(1000);
  run('kubectl create -f -', {stdin: 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {size: 3}\n'});
  expect(run('kubectl get wd').stdout).toBe('NAME   SIZE\na      3\n');
  expect(run('kubectl get widgets.example.com -o name').stdout).toBe('widget.example.com/a\n');
});

describe('auth reconcile', () => {
  const roles = (verbs: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules:
- {apiGroups: [""], resources: [pods], verbs: [${verbs}]}
`;
  const verbsOf = (run: ReturnType<typeof createWorld>['run']): string =>
    run("kubectl get role reader -o jsonpath='{.rules[*].verbs[*]}'").stdout;

  it('adds what is missing, and takes away what is too much only where it is asked to', () => {
    const {run, files} = createWorld({nodes: 0});
    files['roles.yaml'] = roles('get');
    expect(run('kubectl auth reconcile -f roles.yaml --dry-run=client').stdout).toBe(
      'role.rbac.authorization.k8s.io/reader reconciled (dry run)\n',
    );
    expect(run('kubectl get role reader').exitCode).toBe(1);
    run('kubectl auth reconcile -f roles.yaml');
    files['roles.yaml'] = roles('list');
    expect(run('kubectl auth reconcile -f roles.yaml').stdout).toBe('role.rbac.authorization.k8s.io/reader reconciled\n');
    expect(verbsOf(run)).toBe('get list');
    run('kubectl auth reconcile -f roles.yaml --remove-extra-permissions');
    expect(verbsOf(run)).toBe('list');
    expect(run('kubectl auth reconcile -f roles.yaml --dry-run=server').stderr).toBe(
      'error: --dry-run=server for command reconcile is not supported yet\n',
    );
  });
});
