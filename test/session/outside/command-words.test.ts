/** What the screen says that a kubectl in another terminal was called with. */
import fc from 'fast-check';
import {expect, test} from 'vitest';
import type {ApiRequest} from '../../../src/engine/apiserver/request.ts';
import {commandWords} from '../../../src/session/outside/command-words.ts';

const PODS = '/api/v1/namespaces/default/pods';
const WEB = '/apis/apps/v1/namespaces/shop/deployments/web';
const container = {name: 'web', image: 'nginx:1.27'};

test.each<[words: string, command: string, request: ApiRequest]>([
  [
    'kubectl run web --image=nginx:1.27',
    'run',
    {method: 'POST', path: PODS, body: {metadata: {name: 'web'}, spec: {containers: [container]}}},
  ],
  [
    "kubectl run once --image=busybox --restart=Never -- sh -c 'exit 3'",
    'run',
    {
      method: 'POST',
      path: PODS,
      body: {metadata: {name: 'once'}, spec: {restartPolicy: 'Never', containers: [{image: 'busybox', args: ['sh', '-c', 'exit 3']}]}},
    },
  ],
  [
    'kubectl create deployment web --image=nginx:1.27 --replicas=3 -n shop',
    'create deployment',
    {
      method: 'POST',
      path: '/apis/apps/v1/namespaces/shop/deployments',
      body: {metadata: {name: 'web'}, spec: {replicas: 3, template: {spec: {containers: [container]}}}},
    },
  ],
  ['kubectl create namespace shop', 'create namespace', {method: 'POST', path: '/api/v1/namespaces', body: {metadata: {name: 'shop'}}}],
  ['kubectl apply deployments/web -n shop', 'apply', {method: 'GET', path: WEB}],
  ['kubectl scale deployments/web --replicas=5 -n shop', 'scale', {method: 'PATCH', path: `${WEB}/scale`, body: {spec: {replicas: 5}}}],
  [
    'kubectl set image deployments/web web=nginx:1.27 -n shop',
    'set image',
    {method: 'PATCH', path: WEB, body: {spec: {template: {spec: {containers: [container]}}}}},
  ],
  [
    'kubectl label pods/web tier=front old-',
    'label',
    {method: 'PATCH', path: `${PODS}/web`, body: {metadata: {labels: {tier: 'front', old: null}}}},
  ],
  ['kubectl exec web -- cat /etc/hosts', 'exec', {method: 'POST', path: `${PODS}/web/exec`, query: {command: ['cat', '/etc/hosts']}}],
  ['kubectl logs web', 'logs', {method: 'GET', path: `${PODS}/web/log`}],
  ['kubectl drain node-1', 'drain', {method: 'PATCH', path: '/api/v1/nodes/node-1', body: {spec: {unschedulable: true}}}],
  ['kubectl delete pods/web', 'delete', {method: 'DELETE', path: `${PODS}/web`}],
  [
    'kubectl auth can-i list pods',
    'auth can-i',
    {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {spec: {resourceAttributes: {verb: 'list', resource: 'pods', namespace: 'default'}}},
    },
  ],
  ['kubectl api-resources', 'api-resources', {method: 'GET', path: '/apis'}],
])('%s', (words, command, {body, ...request}) => {
  expect(commandWords(`kubectl ${command}`, {...request, ...(body !== undefined && {body: JSON.stringify(body)})})).toBe(words);
});

test('whatever a client sends, it has words', () => {
  const commands = ['run', 'create deployment', 'scale', 'set image', 'label', 'exec', 'auth can-i', 'constructor'];
  fc.assert(
    fc.property(fc.constantFrom(...commands), fc.oneof(fc.json(), fc.string()), (command, body) => {
      expect(commandWords(`kubectl ${command}`, {method: 'POST', path: PODS, body})).toContain(`kubectl ${command}`);
    }),
  );
});
