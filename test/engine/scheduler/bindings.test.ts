/** What no binding of the scheduler ever does, whatever the cluster and the pods: checked from the API's objects alone, with no code of the scheduler's. */
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {core, Node, Pod} from '../../../src/engine/api/types.ts';
import type {RequestNote} from '../../../src/engine/apiserver/request.ts';
import {type Stage, stage} from './stage.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const pick = <T>(...of: T[]) => fc.constantFrom(...of);

const node = fc.record({
  cpu: pick(1, 2, 4),
  zone: pick('z1', 'z2', 'z3', undefined),
  taint: pick(undefined, undefined, undefined, 'NoSchedule', 'PreferNoSchedule', 'NoExecute'),
});

const pod = fc.record({
  app: pick('web', 'db'),
  milli: pick(100, 300, 700, 1500),
  port: pick(undefined, undefined, undefined, 80, 443),
  tolerant: fc.boolean(),
  apart: pick(undefined, undefined, undefined, HOST, ZONE),
  spread: pick(undefined, undefined, undefined, HOST, ZONE),
  maxSkew: pick(1, 2),
});

const act = fc.oneof(
  {weight: 6, arbitrary: fc.record({kind: fc.constant('create' as const), pod})},
  {weight: 2, arbitrary: fc.record({kind: fc.constant('delete' as const), at: fc.nat(100)})},
  {weight: 1, arbitrary: fc.record({kind: fc.constant('relabel' as const), at: fc.nat(100), zone: pick('z1', 'z2', 'z3')})},
  {weight: 1, arbitrary: fc.record({kind: fc.constant('add node' as const), node})},
);

type PodShape = typeof pod extends fc.Arbitrary<infer T> ? T : never;
type NodeShape = typeof node extends fc.Arbitrary<infer T> ? T : never;

function specOf({app, milli, port, tolerant, apart, spread, maxSkew}: PodShape): object {
  const labelSelector = {matchLabels: {app}};
  return {
    containers: [
      {
        name: 'c',
        image: 'nginx',
        resources: {requests: {cpu: `${milli}m`}},
        ...(port && {ports: [{containerPort: port, hostPort: port}]}),
      },
    ],
    ...(tolerant && {tolerations: [{operator: 'Exists'}]}),
    ...(apart && {affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: apart, labelSelector}]}}}),
    ...(spread && {topologySpreadConstraints: [{maxSkew, topologyKey: spread, whenUnsatisfiable: 'DoNotSchedule', labelSelector}]}),
  };
}

const addNode = (s: Stage, name: string, {cpu, zone, taint}: NodeShape): void =>
  s.node(name, {
    cpu: String(cpu),
    labels: zone ? {[ZONE]: zone} : {},
    ...(taint && {taints: [{key: 'own', effect: taint}]}),
  });

const listed = <T>(s: Stage, path: string): T[] => s.get<{items: T[]}>(path).items;
const milliOf = (p: Pod): number => Number.parseInt(String(p.spec!.containers[0]!.resources!.requests!['cpu']), 10);
const hostPort = (p: Pod): number | undefined => p.spec!.containers[0]!.ports?.[0]?.hostPort;
const appOf = (p: Pod): string => p.metadata.labels!['app']!;
const labelOf = (nodes: ReadonlyMap<string, Node>, p: Pod, key: string): string | undefined =>
  nodes.get(p.spec!.nodeName!)?.metadata.labels?.[key] as string | undefined;

/** What is wrong with this pod's having been put where it is, with these others in place. */
function faultsOf(bound: Pod, others: readonly Pod[], nodes: ReadonlyMap<string, Node>): string[] {
  const faults: string[] = [];
  const on = nodes.get(bound.spec!.nodeName!)!;
  const here = others.filter(p => p.spec!.nodeName === bound.spec!.nodeName);

  // 1. Room, and ports
  const used = [...here, bound].reduce((sum, p) => sum + milliOf(p), 0);
  const has = Number(on.status!.allocatable!['cpu']) * 1000;
  if (used > has) faults.push(`${on.metadata.name} has ${has}m and gives ${used}m`);
  if (hostPort(bound) && here.some(p => hostPort(p) === hostPort(bound))) faults.push(`port ${hostPort(bound)} twice`);

  // 2. Taints
  const hard = (on.spec?.taints ?? []).filter((t: core.Taint) => t.effect !== 'PreferNoSchedule');
  if (hard.length > 0 && !bound.spec!.tolerations?.some(t => t.operator === 'Exists' && !t.key)) faults.push('a taint is not tolerated');

  // 3. Anti-affinity, both ways
  const avoids = (p: Pod): string[] =>
    (p.spec!.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(t => t.topologyKey);
  for (const other of others.filter(p => appOf(p) === appOf(bound))) {
    for (const key of [...avoids(bound), ...avoids(other)]) {
      const domain = labelOf(nodes, bound, key);
      if (domain !== undefined && domain === labelOf(nodes, other, key)) faults.push(`${other.metadata.name} is in ${key} ${domain}`);
    }
  }

  // 4. Spread
  for (const {topologyKey, maxSkew} of bound.spec!.topologySpreadConstraints ?? []) {
    const counts = new Map<string, number>();
    for (const n of nodes.values()) if (n.metadata.labels?.[topologyKey]) counts.set(n.metadata.labels[topologyKey] as string, 0);
    for (const p of [...others, bound].filter(q => appOf(q) === appOf(bound))) {
      const domain = labelOf(nodes, p, topologyKey);
      if (domain !== undefined) counts.set(domain, (counts.get(domain) ?? 0) + 1);
    }
    const own = labelOf(nodes, bound, topologyKey);
    if (own === undefined) faults.push(`${topologyKey} is missing`);
    else if (counts.get(own)! - Math.min(...counts.values()) > maxSkew) faults.push(`${topologyKey}: ${JSON.stringify([...counts])}`);
  }
  return faults;
}

/** Runs until nothing is due, and looks at every binding at the moment it is made. */
function follow(s: Stage, tally: Map<string, number>): void {
  const {machine} = s.cluster;
  for (const limit = machine.now + 3000; !machine.idle && machine.now < limit; ) {
    machine.step();
    const notes = (machine.journal.steps.at(-1)?.notes ?? []) as readonly RequestNote[];
    const bindings = notes.filter(n => n.kind === 'request' && n.code === 201 && n.path.endsWith('/binding'));
    if (bindings.length === 0) continue;
    const branch = s.cluster.history.branch();
    const read = <T>(path: string): T[] => (branch.request({method: 'GET', path}).body as {items: T[]}).items;
    const nodes = new Map(read<Node>('/api/v1/nodes').map(n => [n.metadata.name!, n]));
    const placed = read<Pod>('/api/v1/namespaces/default/pods').filter(p => p.spec!.nodeName);
    for (const {path} of bindings) {
      const name = path.split('/').at(-2)!;
      const bound = placed.find(p => p.metadata.name === name)!;
      const others = placed.filter(p => p !== bound);
      expect([name, bound.spec!.nodeName, faultsOf(bound, others, nodes)]).toEqual([name, bound.spec!.nodeName, []]);
      const kinds = [bound.spec!.affinity && 'apart', bound.spec!.topologySpreadConstraints && 'spread', hostPort(bound) && 'port', 'any'];
      for (const kind of kinds) if (kind) tally.set(String(kind), (tally.get(String(kind)) ?? 0) + 1);
    }
  }
}

describe('no binding', () => {
  it('overfills a node, doubles a port, ignores a taint, or breaks anti-affinity or spread', () => {
    const tally = new Map<string, number>();
    const property = fc.property(
      fc.array(node, {minLength: 2, maxLength: 5}),
      fc.array(act, {minLength: 8, maxLength: 25}),
      fc.nat(1000),
      (nodes, acts, seed) => {
        const s = stage({seed});
        nodes.forEach((shape, i) => void addNode(s, `n${i}`, shape));
        acts.forEach((each, i) => {
          if (each.kind === 'create') s.pod(`p${i}`, specOf(each.pod), {labels: {app: each.pod.app}});
          else if (each.kind === 'add node') addNode(s, `m${i}`, each.node);
          else if (each.kind === 'delete') {
            const all = listed<Pod>(s, '/api/v1/namespaces/default/pods');
            const gone = all[each.at % Math.max(1, all.length)];
            if (gone) s.delete(`/api/v1/namespaces/default/pods/${gone.metadata.name}`, {gracePeriodSeconds: 0});
          } else {
            const all = listed<Node>(s, '/api/v1/nodes');
            const changed = all[each.at % all.length]!;
            const labels = {...changed.metadata.labels, [ZONE]: each.zone};
            s.put(`/api/v1/nodes/${changed.metadata.name}`, {...changed, metadata: {...changed.metadata, labels}});
          }
          follow(s, tally);
        });
      },
    );
    fc.assert(property, {numRuns: 25, seed: 7});
    for (const kind of ['apart', 'spread', 'port']) expect(tally.get(kind), kind).toBeGreaterThan(10);
  });
});
