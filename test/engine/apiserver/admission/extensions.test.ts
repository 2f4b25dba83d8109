import {describe, expect, it} from 'vitest';
import type {WebhookEndpoint} from '../../../../src/engine/apiserver/admission/webhooks/endpoint.ts';
import {ask, object, pod} from './stage.ts';

const namespace = object('v1', 'Namespace', {name: 'default', labels: {team: 'a'}});
const RULES = [{operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods']}];

const webhook = (more: object = {}) => ({
  name: 'sidecar.example.com',
  rules: RULES,
  clientConfig: {service: {namespace: 'tools', name: 'sidecar', path: '/mutate'}},
  failurePolicy: 'Fail',
  ...more,
});
const mutating = (...webhooks: object[]) =>
  object('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', {name: 'c'}, {webhooks});
const validating = (...webhooks: object[]) =>
  object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {name: 'c'}, {webhooks});
const endpoint = (more: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
  at: 'tools/sidecar',
  rules: [{patch: [{op: 'add', path: '/spec/containers/-', value: {name: 'proxy', image: 'envoy'}}]}],
  ...more,
});

const mutate = (configuration: object, endpoints: WebhookEndpoint[], what = pod()) =>
  ask({
    plugin: 'MutatingAdmissionWebhook',
    config: {webhookEndpoints: endpoints},
    store: [namespace, configuration as never],
    object: what,
  });
const validate = (configuration: object, endpoints: WebhookEndpoint[]) =>
  ask({
    plugin: 'ValidatingAdmissionWebhook',
    config: {webhookEndpoints: endpoints},
    store: [namespace, configuration as never],
    object: pod(),
  });
const names = ({object: changed}: {object?: any}) => changed.spec.containers.map(({name}: {name: string}) => name);

describe('a mutating webhook', () => {
  it('patches the pods it is about', () => {
    expect(names(mutate(mutating(webhook()), [endpoint()]))).toEqual(['app', 'proxy']);
  });
  it('is not asked about others: by resource, by label, by namespace, by condition', () => {
    const unasked = [
      {rules: [{...RULES[0], resources: ['services']}]},
      {objectSelector: {matchLabels: {inject: 'yes'}}},
      {namespaceSelector: {matchLabels: {team: 'b'}}},
      {matchConditions: [{name: 'named', expression: 'object.metadata.name == "db"'}]},
    ];
    for (const more of unasked) expect(names(mutate(mutating(webhook(more)), [endpoint()]))).toEqual(['app']);
  });
  it('sees what the one before it did, and is asked again if it wants', () => {
    const count = endpoint({
      rules: [{when: 'size(object.spec.containers) == 2', patch: [{op: 'add', path: '/metadata/labels', value: {two: 'yes'}}]}],
    });
    const late = {...endpoint(), at: 'tools/late'};
    const first = webhook({reinvocationPolicy: 'IfNeeded'});
    const second = webhook({name: 'late.example.com', clientConfig: {service: {namespace: 'tools', name: 'late'}}});
    expect(mutate(mutating(first, second), [count, late]).object.metadata.labels).toEqual({two: 'yes'});
  });
  it('stops the request when it is gone, unless it may be ignored', () => {
    const gone = mutate(mutating(webhook()), [endpoint({down: true})]);
    expect(gone).toMatchObject({
      code: 500,
      refused:
        'Internal error occurred: failed calling webhook "sidecar.example.com": failed to call webhook: Post "https://sidecar.tools.svc:443/mutate?timeout=10s": no endpoints available for service "sidecar"',
    });
    expect(names(mutate(mutating(webhook({failurePolicy: 'Ignore'})), [endpoint({down: true})]))).toEqual(['app']);
  });
  it('is not found where there is no such Service, and not reached where nobody listens behind it', () => {
    const front = object('v1', 'Service', {name: 'sidecar', namespace: 'tools'}, {spec: {clusterIP: '10.96.0.7'}});
    const refused = (...store: object[]) =>
      ask({plugin: 'MutatingAdmissionWebhook', store: [namespace, mutating(webhook()), ...store] as never[], object: pod()}).refused;
    expect(refused()).toMatch(/service "sidecar" not found$/);
    expect(refused(front)).toMatch(/\?timeout=10s": dial tcp 10\.96\.0\.7:443: connect: connection refused$/);
  });
  it('stops it when it is too slow', () => {
    expect(mutate(mutating(webhook({timeoutSeconds: 2})), [endpoint({latencyMs: 2001})]).refused).toContain('context deadline exceeded');
    expect(mutate(mutating(webhook({timeoutSeconds: 2})), [endpoint({latencyMs: 1999})]).refused).toBeUndefined();
  });
});

describe('a validating webhook', () => {
  it('refuses in its own words', () => {
    expect(validate(validating(webhook()), [endpoint({rules: [{deny: {message: 'no nginx here'}}]})])).toMatchObject({
      code: 403,
      refused: 'admission webhook "sidecar.example.com" denied the request: no nginx here',
    });
  });
  it('or without a word, and may warn', () => {
    expect(validate(validating(webhook()), [endpoint({rules: [{deny: {}}]})]).refused).toBe(
      'admission webhook "sidecar.example.com" denied the request without explanation',
    );
    expect(validate(validating(webhook()), [endpoint({rules: [{warnings: ['old image']}]})]).warnings).toEqual(['old image']);
  });
});

const policy = (spec: object) =>
  object(
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicy',
    {name: 'rules'},
    {spec: {matchConstraints: {resourceRules: RULES}, ...spec}},
  );
const binding = (spec: object = {}) =>
  object(
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicyBinding',
    {name: 'everywhere'},
    {spec: {policyName: 'rules', validationActions: ['Deny'], ...spec}},
  );
const judge = (spec: object, bound: object = {}, what = pod(), ...more: object[]) =>
  ask({plugin: 'ValidatingAdmissionPolicy', store: [namespace, policy(spec), binding(bound), ...(more as never[])], object: what});

describe('a validating admission policy', () => {
  it('refuses what its expression is false for', () => {
    expect(judge({validations: [{expression: 'size(object.spec.containers) > 1'}]})).toMatchObject({
      code: 422,
      refused:
        "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'rules' with binding 'everywhere' denied request: failed expression: size(object.spec.containers) > 1",
    });
    expect(judge({validations: [{expression: 'size(object.spec.containers) == 1'}]}).refused).toBeUndefined();
  });
  it('words its refusal', () => {
    const refused = (validation: object) => judge({validations: [{expression: 'false', ...validation}]});
    expect(refused({message: 'not today'}).refused).toContain('denied request: not today');
    expect(refused({messageExpression: '"not " + object.metadata.name'}).refused).toContain('denied request: not web');
    expect(refused({reason: 'Forbidden'}).code).toBe(403);
  });
  it('knows variables, the request and its namespace', () => {
    const spec = {
      variables: [{name: 'images', expression: 'object.spec.containers.map(c, c.image)'}],
      validations: [
        {expression: 'variables.images.all(image, image.startsWith("nginx"))'},
        {expression: 'request.operation == "CREATE" && request.userInfo.username == "ann"'},
        {expression: 'namespaceObject.metadata.labels.team == "a"'},
      ],
    };
    expect(judge(spec).refused).toBeUndefined();
  });
  it('asks who may do what', () => {
    const allowed = (expression: string, ...may: string[]) =>
      ask({
        plugin: 'ValidatingAdmissionPolicy',
        store: [namespace, policy({validations: [{expression}]}), binding()],
        object: pod(),
        may,
      }).refused === undefined;
    expect(allowed('authorizer.requestResource.check("create").allowed()', 'create pods/web')).toBe(true);
    expect(allowed('authorizer.requestResource.check("create").allowed()')).toBe(false);
    const spot = 'authorizer.group("apps").resource("deployments").namespace("default").name("spot").check("get")';
    expect(allowed(`${spot}.allowed()`, 'get deployments/spot')).toBe(true);
    expect(allowed(`cel.bind(d, ${spot}, !d.allowed() && !d.errored() && d.reason() == "")`)).toBe(true);
    expect(allowed('authorizer.path("/healthz").check("get").allowed()', 'get /healthz')).toBe(true);
    const other = 'authorizer.serviceAccount("default", "cart").group("").resource("pods").check("list").allowed()';
    expect(allowed(other, 'list pods/')).toBe(false);
    expect(allowed(other, 'list pods/ as system:serviceaccount:default:cart')).toBe(true);
  });
  it('cannot ask for nothing', () => {
    const why = (expression: string) => judge({validations: [{expression}]}).refused?.split('resulted in error: ')[1];
    expect(why('authorizer.path(" ").check("get").allowed()')).toBe('path must not be empty');
    expect(why('authorizer.group("").resource("").check("get").allowed()')).toBe('resource must not be empty');
    expect(why('authorizer.serviceAccount("default", "_").path("/").check("get").allowed()')).toBe('Invalid service account name');
  });
  it('takes parameters from an object', () => {
    const limit = object('v1', 'ConfigMap', {name: 'limit', namespace: 'default'}, {data: {max: '0'}});
    const spec = {
      paramKind: {apiVersion: 'v1', kind: 'ConfigMap'},
      validations: [{expression: 'size(object.spec.containers) <= int(params.data.max)'}],
    };
    expect(judge(spec, {paramRef: {name: 'limit'}}, pod(), limit).refused).toContain('failed expression');
    expect(judge(spec, {paramRef: {name: 'limit', parameterNotFoundAction: 'Deny'}}).refused).toContain(
      'no params found for policy binding',
    );
    expect(judge(spec, {paramRef: {name: 'limit', parameterNotFoundAction: 'Allow'}}).refused).toBeUndefined();
  });
  it('can warn and note instead', () => {
    const {refused, warnings, audit} = judge(
      {
        validations: [{expression: 'false', message: 'soon'}],
        auditAnnotations: [{key: 'image', valueExpression: 'object.spec.containers[0].image'}],
      },
      {validationActions: ['Warn', 'Audit']},
    );
    expect(refused).toBeUndefined();
    expect(warnings).toEqual(["Validation failed for ValidatingAdmissionPolicy 'rules' with binding 'everywhere': soon"]);
    expect(audit['rules/image']).toBe('nginx');
  });
  it('refuses what it cannot work out, unless that may be ignored', () => {
    const validations = [{expression: 'object.spec.nothing.here == 1'}];
    expect(judge({validations}).refused).toContain("expression 'object.spec.nothing.here == 1' resulted in error");
    expect(judge({validations, failurePolicy: 'Ignore'}).refused).toBeUndefined();
  });

  describe('has a budget', () => {
    const busy = (length: number) => {
      const what = pod();
      (what['spec'] as any).containers[0].args = Array.from({length}, () => 'x');
      return what;
    };
    const ARGS = 'object.spec.containers[0].args';
    const pairs = `${ARGS}.all(x, ${ARGS}.all(y, x + y == "xx"))`;
    it('of which one expression may take a tenth', () => {
      const validations = [{expression: pairs}];
      expect(judge({validations}, {}, busy(400)).refused).toContain('resulted in error: operation cancelled: actual cost limit exceeded');
      expect(judge({validations}, {}, busy(100)).refused).toBeUndefined();
      expect(judge({validations: [{expression: `${pairs} || true`}]}, {}, busy(400)).refused).toContain('actual cost limit exceeded');
    });

    /** Each question costs 350,000. */
    const TWICE = '[1, 2].all(i, !authorizer.path("/x").check("get").allowed())';
    const times = <T>(count: number, of: T): T[] => Array.from({length: count}, () => of);
    it('that is for all of them, variables included', () => {
      const spent = 'validation failed due to running out of cost budget, no further validation rules will be run';
      expect(judge({validations: times(15, {expression: TWICE})}).refused).toContain(spent);
      expect(judge({validations: times(14, {expression: TWICE})}).refused).toBeUndefined();
      expect(judge({validations: times(15, {expression: TWICE}), failurePolicy: 'Ignore'}).refused).toBeUndefined();
      const variables = times(15, TWICE).map((expression, i) => ({name: `v${i}`, expression}));
      const all = variables.map(({name}) => `variables.${name}`).join(' && ');
      expect(judge({variables, validations: [{expression: all}]}).refused).toContain(spent);
    });
    it('of which messages and conditions have their part', () => {
      const wordy = {expression: TWICE, messageExpression: `${TWICE} ? "yes" : "no"`};
      expect(judge({validations: times(8, wordy)}).refused).toContain(
        'failed messageExpression: validation failed due to running out of cost budget',
      );
      expect(judge({validations: times(7, wordy)}).refused).toBeUndefined();
      const conditions = (count: number) => times(count, TWICE).map((expression, i) => ({name: `c${i}`, expression}));
      const validations = [{expression: 'true'}];
      expect(judge({matchConditions: conditions(4), validations}).refused).toContain('running out of cost budget');
      expect(judge({matchConditions: conditions(3), validations}).refused).toBeUndefined();
    });
  });
});

describe('Pod Security', () => {
  const restricted = object('v1', 'Namespace', {name: 'default', labels: {'pod-security.kubernetes.io/enforce': 'restricted'}});
  const deployment = object(
    'apps/v1',
    'Deployment',
    {name: 'web', namespace: 'default'},
    {spec: {template: {metadata: {}, spec: pod()['spec']}}},
  );
  it('warns of a template whose pods will be refused', () => {
    const {refused, warnings} = ask({plugin: 'PodSecurity', resource: 'deployments.apps', object: deployment, store: [restricted]});
    expect(refused).toBeUndefined();
    expect(warnings[0]).toMatch(/^would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false/);
  });
  it('says which pods would not get in when a namespace becomes stricter', () => {
    const old = object('v1', 'Namespace', {name: 'default'});
    const {warnings} = ask({
      plugin: 'PodSecurity',
      operation: 'UPDATE',
      resource: 'namespaces',
      old,
      object: restricted,
      store: [pod(), pod({}, {name: 'db'})],
    });
    expect(warnings).toEqual([
      'existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"',
      'web (and 1 other pod): allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
    ]);
  });
  it('lets the exempt through, and notes it', () => {
    const config = {podSecurity: {exemptions: {usernames: ['ann']}}};
    expect(ask({plugin: 'PodSecurity', config, object: pod(), store: [restricted]})).toMatchObject({
      audit: {'pod-security.kubernetes.io/exempt': 'user'},
    });
  });
  it('does not judge a pod again that stays as it was', () => {
    const old = pod();
    const labelled = pod({}, {labels: {a: 'b'}});
    expect(ask({plugin: 'PodSecurity', operation: 'UPDATE', old, object: labelled, store: [restricted]}).refused).toBeUndefined();
  });
  it('expects less of a pod with users of its own since v1.35, but for /proc only at baseline', () => {
    const own = pod({hostUsers: false, containers: [{name: 'app', image: 'nginx', securityContext: {procMount: 'Unmasked'}}]});
    const at = (level: string, version: string) =>
      ask({
        plugin: 'PodSecurity',
        object: own,
        store: [
          object('v1', 'Namespace', {
            name: 'default',
            labels: {'pod-security.kubernetes.io/enforce': level, 'pod-security.kubernetes.io/enforce-version': version},
          }),
        ],
      }).refused;
    expect(at('baseline', 'v1.34')).toContain('procMount');
    expect(at('baseline', 'v1.35')).toBeUndefined();
    expect(at('restricted', 'v1.34')).toContain('runAsNonRoot');
    expect(at('restricted', 'latest')).toContain('procMount');
    expect(at('restricted', 'latest')).not.toContain('runAsNonRoot');
  });
});
