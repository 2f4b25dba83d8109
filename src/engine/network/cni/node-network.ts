/** What stands on one node's disk and in its kernel: it outlives every program, and is rewound with the rest of the state. */
import {ownerOf} from '../../client/context.ts';
import {memoryOf, readMemory} from '../../client/memory.ts';
import type {Tables} from '../../client/network-settings.ts';
import type {Memory} from '../../client/types.ts';
import type {Tx} from '../../machine/types.ts';
import type {IpamStore} from './ipam.ts';

/** /run/flannel/subnet.env: what the overlay's daemon leaves for its plugin. */
interface SubnetEnv {
  readonly network: string;
  /** The gateway's address with the prefix length of this node's subnet. */
  readonly subnet: string;
  readonly mtu: number;
  readonly ipMasq: boolean;
}

/** A plugin configuration in /etc/cni/net.d; the first by file name is the one in use. */
export interface ConflistFile {
  readonly text: string;
}

/** One pod's way out: a veth pair with one end in the sandbox's network namespace and the other in the bridge. */
export interface PodInterface {
  readonly containerId: string;
  readonly podNamespace: string;
  readonly podName: string;
  readonly podUid: string;
  readonly netns: string;
  readonly ifName: string;
  readonly mac: string;
  readonly hostInterface: string;
  readonly hostMac: string;
  /** Without prefix length. */
  readonly ip: string;
  readonly prefix: number;
  readonly gateway: string;
}

export interface Bridge {
  readonly name: string;
  readonly mac: string;
  /** With prefix length. */
  readonly address: string;
  readonly mtu: number;
}

/** A link or a daemon that the learner broke. */
interface Fault {
  readonly since: number;
}

export type FaultName = 'overlay' | 'link';

interface Kinds {
  conflist: ConflistFile;
  subnetEnv: SubnetEnv;
  interface: PodInterface;
  bridge: Bridge;
  ipam: IpamStore;
  fault: Fault;
}

const owner = (node: string): string => ownerOf('node-network', node);

/** Reads a node's network. */
export function nodeNetwork(from: Tables, node: string) {
  const memory = readMemory(from, owner(node));
  return {
    get: <K extends keyof Kinds>(kind: K, id: string): Kinds[K] | undefined => memory.get<Kinds[K]>(kind, id),
    list: <K extends keyof Kinds>(kind: K): [string, Kinds[K]][] => memory.list<Kinds[K]>(kind),
  };
}

/** Writes a node's network. */
export function nodeNetworkMemory(tx: Tx, node: string) {
  const memory: Memory = memoryOf(tx, owner(node));
  return {
    get: <K extends keyof Kinds>(kind: K, id: string): Kinds[K] | undefined => memory.get<Kinds[K]>(kind, id),
    list: <K extends keyof Kinds>(kind: K): [string, Kinds[K]][] => memory.list<Kinds[K]>(kind),
    put: <K extends keyof Kinds>(kind: K, id: string, value: Kinds[K]): void => memory.put(kind, id, value),
    delete: (kind: keyof Kinds, id: string): void => memory.delete(kind, id),
  };
}

/** The interfaces of the pods on a node. */
export const podInterfaces = (from: Tables, node: string): PodInterface[] =>
  nodeNetwork(from, node)
    .list('interface')
    .map(([, value]) => value);

/** Breaks or mends a node's part of the network: `link` = its cable, `overlay` = its encapsulation. */
export function setFault(tx: Tx, node: string, fault: FaultName, broken: boolean): void {
  const memory = nodeNetworkMemory(tx, node);
  if (broken) memory.put('fault', fault, {since: tx.now});
  else memory.delete('fault', fault);
}

export const hasFault = (from: Tables, node: string, fault: FaultName): boolean =>
  nodeNetwork(from, node).get('fault', fault) !== undefined;
