/** What a cluster consists of before it runs. */
import type {Node} from '../api/types.ts';
import type {Host} from '../client/hosts.ts';

export interface Preset {
  readonly hosts: readonly Host[];
  readonly etcdMembers: readonly string[];
}

const ZONES = ['zone-a', 'zone-b', 'zone-c'];

/** The n-th computer (from 1) of a cluster of equals: 4 CPUs, 8 GiB, zones in turn. */
export const plainHost = (n: number): Host => ({
  name: `node-${n}`,
  address: `192.168.${Math.floor((n + 9) / 250)}.${((n + 9) % 250) + 1}`,
  capacity: {cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110'},
  labels: {'topology.kubernetes.io/region': 'region-1', 'topology.kubernetes.io/zone': ZONES[(n - 1) % ZONES.length]!},
  taints: [],
  up: true,
});

/** Machines of a large cluster are not switched on at one instant: etcd's history would be over before anybody has read it. */
export const NODES_A_MS = 10;

/** After how many milliseconds the i-th (from 0) of many machines gets its power. */
export const powerDelay = (i: number): number => Math.floor(i / NODES_A_MS);

/** A cluster of that many equal worker nodes, with one etcd member or more. */
export const plainPreset = (nodes: number, etcdMembers = 1): Preset => ({
  hosts: Array.from({length: nodes}, (_, i) => plainHost(i + 1)),
  etcdMembers: Array.from({length: etcdMembers}, (_, i) => `etcd-${i + 1}`),
});

/** The computer that a Node's manifest tells of, the n-th of its cluster. One that is not said to be unwell has power. */
export function givenHost({metadata, spec, status}: Node, n: number): Host {
  const plain = plainHost(n);
  const given = (type: string): string | undefined => status?.addresses?.find(a => a.type === type)?.address;
  const {conditions, ...rest} = status ?? {};
  const ready = conditions?.find(c => c.type === 'Ready')?.status ?? 'True';
  const others = conditions?.filter(c => c.type !== 'Ready') ?? [];
  return {
    name: metadata.name!,
    address: given('InternalIP') ?? plain.address,
    capacity: {...plain.capacity, ...(status?.capacity ?? status?.allocatable)},
    labels: metadata.labels ?? {},
    taints: spec?.taints ?? [],
    up: ready === 'True',
    ...(status && {reports: {...rest, ...(others.length > 0 && {conditions: others})}}),
  };
}
