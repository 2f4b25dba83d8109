/** The computers that nodes run on: what is there before any kubelet starts. */
import type {core, Node} from '../api/types.ts';
import type {IndexDefinition} from '../machine/indexes.ts';
import type {ReadTable, Tx} from '../machine/types.ts';

/** Fields of a node's KubeletConfiguration; what is absent is as kubeadm writes it. upstream: staging/src/k8s.io/kubelet/config/v1beta1/types.go */
export interface KubeletConfiguration {
  /** Signal to quantity or percentage (`pid.available`: `10%`); stands instead of all defaults. */
  readonly evictionHard?: Readonly<Record<string, string>>;
  readonly cpuManagerPolicy?: 'none' | 'static';
  /** CPUs by number that no container gets for itself: `0`, `0-1`. */
  readonly reservedSystemCPUs?: string;
  /** Where manifests are fetched from every 20 s. */
  readonly staticPodURL?: string;
  /** Its serving certificate is asked for from the cluster, instead of being signed by itself. */
  readonly serverTLSBootstrap?: boolean;
  /** What AppArmor refuses stays Pending, as until v1.30. */
  readonly softAdmission?: boolean;
}

/** What others than pods use of a computer. */
export interface HostLoad {
  /** Share of its disk, 0 to 1. */
  readonly disk?: number;
  readonly processes?: number;
}

export interface Host {
  readonly name: string;
  readonly address: string;
  readonly capacity: Readonly<Record<string, string>>;
  /** Labels and taints its kubelet registers the Node with. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly core.Taint[];
  /** Has power. */
  readonly up: boolean;
  /** Its container runtime; containerd where it does not say. */
  readonly runtime?: 'containerd' | 'cri-o';
  readonly load?: HostLoad;
  readonly kubelet?: KubeletConfiguration;
  /** Somebody else answers at its address on the kubelet's port. */
  readonly impostor?: boolean;
  /** What its kubelet joins with; absent: it was given a certificate. */
  readonly bootstrapToken?: string;
  /** What its Node was said to report of itself, where that is not what is found out: a kubelet keeps to it. */
  readonly reports?: Partial<NonNullable<Node['status']>>;
}

export const HOSTS = 'hosts';

export const hostIndexes: readonly IndexDefinition[] = [
  {table: HOSTS, name: 'name', type: 'unique', keys: (h: Host) => h.name},
] as unknown as readonly IndexDefinition[];

/** The machine of this name. */
export const findHost = (from: {table<T extends object>(name: string): ReadTable<T>}, name: string): Host | undefined =>
  from.table<Host>(HOSTS).find('name', name);

/** Changes some of a machine's settings; nothing where there is no such machine. */
export function updateHost(tx: Tx, name: string, change: Partial<Host>): void {
  const slot = tx.table<Host>(HOSTS).slotOf('name', name);
  if (slot >= 0) tx.update<Host>(HOSTS, slot, host => void Object.assign(host, change));
}
