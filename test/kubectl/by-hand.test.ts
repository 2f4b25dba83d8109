/** What the scheduler and device plugins do, done by hand. */
import {beforeEach, expect, it} from 'vitest';
import {createWorld, type World} from './world.ts';

let world: World;
const run = (line: string, stdin?: string): string => {
  const {stdout, stderr} = world.run(`kubectl ${line}`, stdin === undefined ? {} : {stdin});
  return stdout + stderr;
};
const pod = (name: string, spec: object): string =>
  JSON.stringify({apiVersion: 'v1', kind: 'Pod', metadata: {name}, spec: {containers: [{name: 'c', image: 'nginx:1.27'}], ...spec}});
const binding = (name: string, target: object): string => JSON.stringify({apiVersion: 'v1', kind: 'Binding', metadata: {name}, target});

beforeEach(() => {
  world = createWorld({nodes: 2});
  run('create -f -', pod('orphan', {schedulerName: 'nobody'}));
  world.cluster.advance(1000);
});

it('a Binding gives a pod its node; spec.nodeName cannot be patched, and no pod is bound twice', () => {
  expect(run(`patch pod orphan -p '{"spec":{"nodeName":"node-2"}}'`)).toMatch(/^The Pod "orphan" is invalid: spec: Forbidden/);
  expect(run('create -f -', binding('orphan', {kind: 'Node', name: 'node-2'}))).toBe('binding/orphan created\n');
  world.cluster.settle();
  expect(run('get pod orphan -o jsonpath={.spec.nodeName},{.status.phase}')).toBe('node-2,Running');
  expect(run('create -f -', binding('orphan', {kind: 'Node', name: 'node-1'}))).toContain(
    'Operation cannot be fulfilled on pods/binding "orphan": pod orphan is already assigned to node "node-2"',
  );
});

it('a Binding without a node, or to something else than a node, is invalid', () => {
  expect(run('create -f -', binding('orphan', {}))).toContain('target.name: Required value');
  expect(run('create -f -', binding('orphan', {kind: 'Service', name: 'x'}))).toContain(
    'target.kind: Unsupported value: "Service": supported values: "Node", "<empty>"',
  );
  expect(run('create -f -', binding('nope', {name: 'node-1'}))).toContain('pods "nope" not found');
});

it('an extended resource that somebody adds to a node can be had there', () => {
  run(`patch node node-2 --subresource=status --type=json -p '[{"op":"add","path":"/status/capacity/example.com~1gpu","value":"1"}]'`);
  world.cluster.advance(30_000);
  expect(run('get node node-2 -o jsonpath="{.status.allocatable.example\\.com/gpu}"')).toBe('1');
  const wants = {containers: [{name: 'c', image: 'nginx:1.27', resources: {limits: {'example.com/gpu': '1'}}}]};
  run('create -f -', pod('first', wants));
  run('create -f -', pod('second', wants));
  world.cluster.settle();
  expect(run('get pod first -o jsonpath={.spec.nodeName}')).toBe('node-2');
  expect(run('describe pod second')).toContain('0/2 nodes are available: 2 Insufficient example.com/gpu.');
});
