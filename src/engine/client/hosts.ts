/** The computers that nodes run on: what is there before any kubelet starts. */
import type {core} from '../api/types.ts';
import type {IndexDefinition} from '../machine/indexes.ts';
import type {ReadTable, Tx} from '../machine/types.ts';

export interface Host {
  readonly name: string;
  readonly address: string;
  readonly capacity: Readonly<Record<string, string>>;
  /** Labels and taints its kubelet registers the Node with. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly core.Taint[];
  /** Has power. */
  readonly up: boolean;
}

export const HOSTS = 'hosts';

export const hostIndexes: readonly IndexDefinition[] = [
  {table: HOSTS, name: 'name', type: 'unique', keys: (h: Host) => h.name},
] as unknown as readonly IndexDefinition[];

export const findHost = (from: {table<T extends object>(name: string): ReadTable<T>}, name: string): Host | undefined =>
  from.table<Host>(HOSTS).find('name', name);

export function updateHost(tx: Tx, name: string, change: Partial<Host>): void {
  const slot = tx.table<Host>(HOSTS).slotOf('name', name);
  if (slot >= 0) tx.update<Host>(HOSTS, slot, host => void Object.assign(host, change));
}
