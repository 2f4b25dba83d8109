import {describe, expect, it} from 'vitest';
import {literalsAsMaps} from '../../../../src/engine/apiserver/cel/literals.ts';
import {clusterOf} from '../../../clusters.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const PODS = '/api/v1/namespaces/default/pods';
const RULES = [{operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods']}];

const policy = (name: string, spec: object) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingAdmissionPolicy',
  metadata: {name},
  spec: {matchConstraints: {resourceRules: RULES}, reinvocationPolicy: 'Never', ...spec},
});
const binding = (name: string) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingAdmissionPolicyBinding',
  metadata: {name},
  spec: {policyName: name},
});
const apply = (expression: string) => ({patchType: 'ApplyConfiguration', applyConfiguration: {expression}});
const json = (expression: string) => ({patchType: 'JSONPatch', jsonPatch: {expression}});

function world(...policies: ReturnType<typeof policy>[]) {
  const cluster = clusterOf({nodes: 0, off: ['kube-scheduler']});
  cluster.advance(1000);
  const send = (path: string, body: unknown) => {
    const {code, body: answer} = cluster.request({method: 'POST', path, body});
    return {code, body: answer as any};
  };
  for (const one of policies) {
    expect(send(`${GROUP}/mutatingadmissionpolicies`, one).code).toBe(201);
    expect(send(`${GROUP}/mutatingadmissionpolicybindings`, binding(one.metadata.name)).code).toBe(201);
  }
  return {
    send,
    pod: (spec: object = {}, labels?: object) =>
      send(PODS, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {name: 'web', ...(labels && {labels})},
        spec: {containers: [{name: 'app', image: 'nginx'}], ...spec},
      }),
  };
}

describe('a mutating admission policy', () => {
  it('merges what it says into the object: lists by their keys', () => {
    const {pod} = world(
      policy('sidecar', {
        mutations: [
          apply(
            'Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: "mesh", image: "mesh:1", restartPolicy: "Always"}]}}',
          ),
        ],
      }),
    );
    const {code, body} = pod({initContainers: [{name: 'first', image: 'busybox'}]});
    expect(code).toBe(201);
    expect(body.spec.initContainers.map((c: any) => c.name).sort()).toEqual(['first', 'mesh']);
  });
  it('adds by JSON patch', () => {
    const {pod} = world(policy('label', {mutations: [json('[JSONPatch{op: "add", path: "/metadata/labels", value: {"team": "a"}}]')]}));
    expect(pod().body.metadata.labels).toEqual({team: 'a'});
  });
  it('leaves alone what its conditions do not mean, and counts with variables', () => {
    const {pod} = world(
      policy('label', {
        matchConditions: [{name: 'unlabelled', expression: '!has(object.metadata.labels)'}],
        variables: [{name: 'size', expression: 'size(object.spec.containers)'}],
        mutations: [apply('Object{metadata: Object.metadata{labels: {"containers": string(variables.size)}}}')],
      }),
    );
    expect(pod({}, {app: 'x'}).body.metadata.labels).toEqual({app: 'x'});
    const other = world(
      policy('count', {
        variables: [{name: 'size', expression: 'size(object.spec.containers)'}],
        mutations: [apply('Object{metadata: Object.metadata{labels: {"containers": string(variables.size)}}}')],
      }),
    );
    expect(other.pod().body.metadata.labels).toEqual({containers: '1'});
  });
  it('does not replace what cannot be merged, and says so', () => {
    const {pod} = world(
      policy('args', {mutations: [apply('Object{spec: Object.spec{tolerations: [Object.spec.tolerations{key: "a"}]}}')]}),
    );
    const {code, body} = pod();
    expect(code).toBe(403);
    expect(body.message).toBe(
      `pods "web" is forbidden: policy 'args' with binding 'args' denied request: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.tolerations`,
    );
  });
  it('fails closed, or open where it says Ignore', () => {
    const broken = {mutations: [apply('Object{metadata: Object.metadata{labels: {"x": object.metadata.labels.nothing}}}')]};
    expect(world(policy('broken', broken)).pod().code).toBe(403);
    expect(world(policy('broken', {...broken, failurePolicy: 'Ignore'})).pod().code).toBe(201);
  });
  it('is asked again when a later one changed the object', () => {
    const {pod} = world(
      policy('a-count', {
        reinvocationPolicy: 'IfNeeded',
        mutations: [apply('Object{metadata: Object.metadata{labels: {"containers": string(size(object.spec.containers))}}}')],
      }),
      policy('b-add', {
        mutations: [apply('Object{spec: Object.spec{containers: [Object.spec.containers{name: "more", image: "more:1"}]}}')],
      }),
    );
    expect(pod().body.metadata.labels).toEqual({containers: '2'});
  });
  it('is refused where it says nothing, or nothing that can be read', () => {
    const {send} = world();
    const causes = (spec: object) =>
      send(`${GROUP}/mutatingadmissionpolicies`, policy('p', spec)).body.details.causes.map((c: any) => `${c.field}: ${c.message}`);
    expect(causes({mutations: []})).toEqual(['spec.mutations: Required value: mutations must contain at least one item']);
    expect(causes({mutations: [{patchType: 'Other'}]})).toEqual([
      'spec.mutations[0].patchType: Unsupported value: "Other": supported values: "ApplyConfiguration", "JSONPatch"',
    ]);
    expect(causes({mutations: [apply('Object{')]})[0]).toMatch(
      /^spec\.mutations\[0\]\.applyConfiguration\.expression: Invalid value: "Object{": compilation failed: /,
    );
  });
});

describe('objects in CEL', () => {
  it('become maps; strings, maps and calls stay', () => {
    expect(literalsAsMaps('Object{spec: Object.spec{a: "Object{b: 1}", m: {"x": y}}}').text).toBe(
      '{"spec": {"a": "Object{b: 1}", "m": {"x": y}}}',
    );
    expect(literalsAsMaps('[JSONPatch{op: "add", value: has(object.x) ? {"k": object.x} : {}}]').text).toBe(
      '[{"op": "add", "value": has(object.x) ? {"k": object.x} : {}}]',
    );
    expect(literalsAsMaps('object.spec.x == {"spec": spec}').text).toBe('object.spec.x == {"spec": spec}');
  });
});
