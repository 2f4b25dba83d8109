import {beforeEach, expect, it} from 'vitest';
import {createWorld, type World} from './world.ts';

let world: World;
const run = (line: string) => world.run(`kubectl ${line}`);

beforeEach(() => {
  world = createWorld({nodes: 1});
  run('run talker --image=busybox:1.36 --restart=Never -- echo hello');
  world.cluster.advance(10_000);
});

it('dumps lists and logs of kube-system and of the namespace, as JSON', () => {
  const {stdout} = run('cluster-info dump');
  const lists = [...stdout.matchAll(/^ {4}"kind": "(\w+List)"/gm)].map(([, kind]) => kind);
  const each = ['EventList', 'ReplicationControllerList', 'ServiceList', 'DaemonSetList', 'DeploymentList', 'ReplicaSetList', 'PodList'];
  expect(lists).toEqual(['NodeList', ...each, ...each]);
  expect(stdout).toContain(
    '==== START logs for container talker of pod default/talker ====\nhello\n==== END logs for container talker of pod default/talker ====\n',
  );
});

it('dumps into a folder, one file a list', () => {
  expect(run('cluster-info dump --output-directory=dump --namespaces=default -o yaml').stdout).toBe('Cluster info dumped to dump\n');
  expect(Object.keys(world.files).filter(name => name.startsWith('dump/'))).toContain('dump/default/talker/logs.txt');
  expect(world.files['dump/nodes.yaml']).toMatch(/^apiVersion: v1\nitems:\n- metadata:/);
});

it('members of a list of a built-in kind do not say what they are; what kubectl prints of them does', () => {
  expect(run('get --raw /api/v1/nodes').stdout).toMatch(/"items":\[\{"metadata":\{"name":"node-1"/);
  expect(run('get nodes -o jsonpath={.items[0].kind}').stdout).toBe('Node');
});
