/** A policy in, what its status says of its expressions out. */
import {expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const cluster = clusterOf({seed: 1, nodes: 0});
const POLICIES = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const send = (method: string, path: string, body?: object): any => cluster.request({method, path, ...(body && {body})});

function statusOf(
  name: string,
  expression: string,
  resources: readonly string[],
  more: object = {},
  groups: readonly string[] = ['apps'],
): any {
  const spec = {
    failurePolicy: 'Fail',
    matchConstraints: {resourceRules: [{apiGroups: groups, apiVersions: ['v1'], operations: ['CREATE'], resources}]},
    validations: [{expression}],
    ...more,
  };
  const answer = send('POST', POLICIES, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: {name},
    spec,
  });
  expect(answer).toMatchObject({code: 201});
  cluster.settle();
  return send('GET', `${POLICIES}/${name}`).body.status;
}

it('nothing is said of what is in order', () => {
  expect(statusOf('fine', 'object.spec.replicas <= 5 && object.metadata.namespace != "x"', ['deployments'])).toEqual({
    observedGeneration: 1,
    typeChecking: {},
  });
});

it('a field that the kind has not', () => {
  expect(statusOf('lost', 'object.foo > 1', ['deployments'])).toEqual({
    observedGeneration: 1,
    typeChecking: {
      expressionWarnings: [
        {
          fieldRef: 'spec.validations[0].expression',
          warning: "apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'foo'\n | object.foo > 1\n | ......^\n",
        },
      ],
    },
  });
});

it('one warning an expression, with every kind it is wrong for', () => {
  const {typeChecking} = statusOf('two', 'object.spec.replicas == "3"', ['deployments', 'replicasets', 'daemonsets']);
  expect(typeChecking.expressionWarnings.map(({warning}: {warning: string}) => warning)).toEqual([
    `apps/v1, Kind=DaemonSet: ERROR: <input>:1:12: undefined field 'replicas'
 | object.spec.replicas == "3"
 | ...........^

apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_==_' applied to '(int, string)'
 | object.spec.replicas == "3"
 | .....................^

apps/v1, Kind=ReplicaSet: ERROR: <input>:1:22: found no matching overload for '_==_' applied to '(int, string)'
 | object.spec.replicas == "3"
 | .....................^
`,
  ]);
});

it('variables and parameters have types too; a star could be anything', () => {
  const paramKind = {apiVersion: 'v1', kind: 'ConfigMap'};
  const variables = [{name: 'most', expression: 'int(params.data.max)'}];
  expect(statusOf('typed', 'object.spec.replicas <= variables.most', ['deployments'], {paramKind, variables}).typeChecking).toEqual({});
  const wrong = statusOf('wrong', 'params.spec.max > variables.most', ['deployments'], {paramKind, variables});
  expect(wrong.typeChecking.expressionWarnings[0].warning).toContain("undefined field 'spec'");
  expect(statusOf('star', 'object.foo > 1', ['deployments'], {}, ['*']).typeChecking).toEqual({});
});
