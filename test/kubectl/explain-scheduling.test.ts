/** `kubectl explain-scheduling`: every plugin's verdict on every node, and what would have to be different. */
import {beforeEach, describe, expect, it} from 'vitest';
import {createWorld, type World} from './world.ts';

const pod = (name: string, spec: object = {}, cpu = '500m'): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, labels: {app: name}},
    spec: {containers: [{name: 'app', image: 'nginx:1.27', resources: {requests: {cpu, memory: '256Mi'}}}], ...spec},
  });

let world: World;
const run = (line: string, stdin?: string): string => {
  const {stdout, stderr} = world.run(`kubectl ${line}`, stdin === undefined ? {} : {stdin});
  return stdout + stderr;
};
const create = (text: string): void => {
  expect(run('create -f -', text)).toMatch(/created/);
  world.cluster.settle();
};

beforeEach(() => {
  world = createWorld({nodes: 3});
});

describe('the whole table', () => {
  it('says who is best, by how much, and why the others are not', () => {
    run('taint nodes node-1 dedicated=db:NoSchedule');
    create(pod('filler', {nodeName: 'node-2'}, '2'));
    create(pod('web'));
    expect(run('explain-scheduling web')).toBe(`Pod:        default/web
Scheduler:  default-scheduler
Node:       node-3
Best:       node-3 (486), 50 ahead of the next

NODE     TOTAL   BEHIND   VERDICT
node-3   486     0        best
node-2   436     50       fits
node-1   -       -        TaintToleration: node(s) had untolerated taint(s)

SCORE                             WEIGHT   node-3   node-2
TaintToleration                   3        300      300
NodeResourcesFit                  1        91       65
NodeResourcesBalancedAllocation   1        95       71
ImageLocality                     1        0        0
TOTAL                                      486      436
`);
  });

  it('-o wide shows every filter, and how each score came about', () => {
    run('cordon node-1');
    create(pod('web', {tolerations: [{key: 'x', operator: 'Exists'}]}));
    const wide = run('explain-scheduling pod/web -o wide');
    expect(wide).toContain('FILTER                 node-2   node-3   node-1\nNodeUnschedulable      ok       ok       no\n');
    expect(wide).toContain('NodePorts              -        -        -\n');
    expect(wide).toMatch(/^TaintToleration {3,}3 {3,}0 > 100 > 300 {3}0 > 100 > 300$/m);
  });

  it('says what the event would say where nothing fits, and whom preemption would evict', () => {
    run('create priorityclass high --value=1000');
    for (const node of ['node-1', 'node-2', 'node-3']) create(pod(`big-${node}`, {nodeName: node}, '3'));
    create(pod('urgent', {priorityClassName: 'high', schedulingGates: [{name: 'wait.example.com/go'}]}, '2'));
    const page = run('explain-scheduling urgent');
    expect(page).toContain('Gate:        waiting for scheduling gates: [wait.example.com/go]\n');
    expect(page).toContain('Best:        <none>: no node fits\n');
    expect(page).toMatch(/^Preemption: {2}would evict default\/big-node-\d from node-\d$/m);
    create(pod('modest', {}, '2'));
    expect(run('explain-scheduling modest')).toContain('Message:    0/3 nodes are available: 3 Insufficient cpu. ');
  });

  it('-o json is the same as data', () => {
    create(pod('web'));
    const document = JSON.parse(run('explain-scheduling web -o json --make-win node-2'));
    expect(document.pod).toBe('default/web');
    expect(document.feasible).toEqual(['node-1', 'node-2', 'node-3']);
    const total = (node: string): number => document.scores.reduce((sum: number, s: any) => sum + s.scores[node].normalized * s.weight, 0);
    for (const node of document.feasible) expect(document.totals[node]).toBe(total(node));
    expect(document.makeWin.node).toBe('node-2');
    expect(run('explain-scheduling web -o yaml')).toContain('feasible:\n- node-1\n- node-2\n- node-3\n');
  });
});

describe('one node', () => {
  it('--node shows every plugin on it', () => {
    run('taint nodes node-1 dedicated=db:NoSchedule');
    create(pod('web'));
    expect(run('explain-scheduling web --node node-1')).toMatch(/^TaintToleration {3,}node\(s\) had untolerated taint\(s\)$/m);
    expect(run('explain-scheduling web --node node-2')).toMatch(/^TOTAL +\d+$/m);
  });

  it('--make-win names the one filter in the way and the smallest changes', () => {
    run('taint nodes node-1 dedicated=db:NoSchedule');
    create(pod('web', {nodeSelector: {'kubernetes.io/hostname': 'node-1'}}));
    expect(
      run('explain-scheduling web --make-win node-1'),
    ).toBe(`One filter keeps node-1 out: TaintToleration: node(s) had untolerated taint(s)

CHANGE                                       OUTCOME
tolerate dedicated=db:NoSchedule             node-1 wins
remove dedicated=db:NoSchedule from node-1   node-1 wins
`);
    expect(run('explain-scheduling web --make-win node-2')).toContain(
      "One filter keeps node-2 out: NodeAffinity: node(s) didn't match Pod's node affinity/selector",
    );
  });

  it('a node that is best already needs nothing', () => {
    create(pod('web', {nodeSelector: {'kubernetes.io/hostname': 'node-1'}}));
    expect(run('explain-scheduling web --make-win node-1')).toBe('node-1 is the best already\n');
  });
});

describe('profiles', () => {
  const packing = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
- schedulerName: packer
  pluginConfig:
  - name: NodeResourcesFit
    args: {scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 1}]}}
`;

  it('a pod of a scheduler that does not exist waits for ever: the command says whom it waits for', () => {
    create(pod('web', {schedulerName: 'nobody'}));
    expect(run('explain-scheduling web')).toBe(
      'error: pod "web" waits for a scheduler named "nobody"; kube-scheduler answers to default-scheduler\n',
    );
  });

  it('--config asks another configuration', () => {
    world.files['packing.yaml'] = packing;
    create(pod('filler', {nodeName: 'node-2'}, '2'));
    create(pod('web', {schedulerName: 'packer'}));
    expect(run('explain-scheduling web --config packing.yaml')).toMatch(/^Best: +node-2 /m);
    expect(run('explain-scheduling web --config none.yaml')).toBe('error: open none.yaml: no such file or directory\n');
    world.files['bad.yaml'] = packing.replace('weight: 1', 'weight: 101');
    expect(run('explain-scheduling web --config bad.yaml')).toMatch(
      /^error: bad.yaml: .*resource weight of cpu not in valid range \(0, 100\]/,
    );
  });
});

describe('refusals, help and completion', () => {
  it('answers as kubectl does', () => {
    create(pod('web'));
    expect(run('explain-scheduling nope')).toBe('Error from server (NotFound): pods "nope" not found\n');
    expect(run('explain-scheduling web --make-win nope')).toBe('Error from server (NotFound): nodes "nope" not found\n');
    expect(run('explain-scheduling')).toBe("error: POD must be specified\nSee 'kubectl explain-scheduling -h' for help and examples\n");
    expect(run('explain-scheduling deploy/web')).toBe('error: only pods are scheduled: "deploy/web" is none\n');
    expect(run('explain-scheduling web --node node-1 --make-win node-1')).toMatch(/^error: --node and --make-win exclude each other\n/);
    expect(run('explain-scheduling web -o name')).toMatch(/^error: unable to match a printer suitable for the output format "name"/);
    expect(run('explain-schedulin web')).toMatch(/Did you mean this\?\n\texplain-scheduling/);
    expect(run('explain-scheduling --help')).toContain(
      'Usage:\n  kubectl explain-scheduling POD [--node=NODE | --make-win=NODE] [options]',
    );
  });

  describe('extenders', () => {
    const SERVICE = '10.96.7.7';
    /** The cluster's own scheduler has none of them: so nothing is bound by them. */
    const configure = (...extenders: object[]): void => {
      world.files['extended.yaml'] = JSON.stringify({
        apiVersion: 'kubescheduler.config.k8s.io/v1',
        kind: 'KubeSchedulerConfiguration',
        extenders: extenders.map(extender => ({urlPrefix: `http://${SERVICE}`, nodeCacheCapable: true, ...extender})),
      });
    };
    const answering = (text: string): void => {
      const labels = {app: 'extender'};
      const container = {name: 'main', image: 'hashicorp/http-echo:1.0', args: [`-text=${text}`]};
      create(
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: {name: 'extender', labels},
          spec: {nodeName: 'node-1', containers: [container]},
        }),
      );
      create(
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: {name: 'extender'},
          spec: {clusterIP: SERVICE, selector: labels, ports: [{port: 80, targetPort: 5678}]},
        }),
      );
      create(pod('web'));
    };

    it('have their word on the nodes that the filters leave', () => {
      run('taint nodes node-1 dedicated=db:NoSchedule');
      answering('{"nodenames": ["node-2"], "failedNodes": {"node-3": "no licence"}}');
      configure({filterVerb: 'filter'});
      expect(run('explain-scheduling web --config extended.yaml')).toMatch(
        /Best: +node-2, the only one that fits[\s\S]*\nnode-1 .* TaintToleration: .*\nnode-3 .* http:\/\/10\.96\.7\.7: no licence\n/,
      );
      const word = (node: string) => /^http:.*? +(.*)$/m.exec(run(`explain-scheduling web --config extended.yaml --node ${node}`))?.[1];
      expect(['node-1', 'node-2', 'node-3'].map(word)).toEqual(['-', 'ok', 'no licence']);
    });

    it('score beside the plugins', () => {
      answering('[{"host": "node-1", "score": 10}]');
      configure({prioritizeVerb: 'prioritize', weight: 100});
      expect(run('explain-scheduling web --config extended.yaml')).toMatch(
        /Best: +node-1 [\s\S]*\nhttp:\/\/10\.96\.7\.7 +100 +10000 +0 +0\n/,
      );
    });

    it('end it where they cannot be asked, unless they may be ignored', () => {
      create(pod('web'));
      configure({urlPrefix: 'http://127.0.0.1:8888', filterVerb: 'filter'});
      const refused = 'Post "http://127.0.0.1:8888/filter": dial tcp 127.0.0.1:8888: connect: connection refused';
      const page = run('explain-scheduling web --config extended.yaml');
      expect(page).toContain(`Best:       <none>: no node fits\nMessage:    ${refused}\n`);
      expect(page).toContain(`http://127.0.0.1:8888: ${refused}`);
      configure({urlPrefix: 'http://127.0.0.1:8888', filterVerb: 'filter', ignorable: true});
      expect(run('explain-scheduling web --config extended.yaml')).not.toContain('Message:');
    });
  });

  it('reads under the identity of who asks', () => {
    world = createWorld({
      nodes: 1,
      people: {admin: {groups: ['system:masters', 'system:authenticated']}, eve: {groups: ['system:authenticated']}},
    });
    create(pod('web'));
    expect(world.run('kubectl explain-scheduling web', {as: 'eve'}).stderr).toMatch(
      /^Error from server \(Forbidden\): pods "web" is forbidden: User "eve"/,
    );
  });

  it('Tab offers pods, nodes and flags', () => {
    create(pod('web'));
    expect(world.tab('kubectl explain-s')).toEqual(['explain-scheduling']);
    expect(world.tab('kubectl explain-scheduling ')).toEqual(['web']);
    expect(world.tab('kubectl explain-scheduling web --make-win ')).toEqual(['node-1', 'node-2', 'node-3']);
    expect(world.tab('kubectl explain-scheduling web --mak')).toEqual(['--make-win=']);
  });
});
