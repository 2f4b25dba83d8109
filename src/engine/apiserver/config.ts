/** How this API server is set up: plain data in the state, so that it can be changed, broken and rewound like anything else. */
import type {Entity, ReadTable, Tx} from '../machine/types.ts';

export interface ServerConfig {
  readonly id: 'apiserver';
  /** The program is there and answers. */
  readonly running: boolean;
  /** Name of the authority whose client certificates are trusted. */
  readonly clientCA: string;
  readonly anonymousAuth: boolean;
  /** Static bearer tokens: kube-apiserver --token-auth-file. */
  readonly tokens: Readonly<Record<string, {username: string; groups?: readonly string[]}>>;
  /** Key that signs service account tokens. */
  readonly serviceAccountKey: string;
  /** kube-apiserver --authorization-mode */
  readonly authorizationModes: readonly string[];
  /** Plugins switched on beyond the default, or off. */
  readonly enableAdmission: readonly string[];
  readonly disableAdmission: readonly string[];
  readonly [more: string]: unknown;
}

export const SERVER_CONFIG = 'serverConfig';

/** kubeadm's set-up: Node and RBAC, NodeRestriction on. */
export const defaultServerConfig: ServerConfig = {
  id: 'apiserver',
  running: true,
  clientCA: 'kubernetes',
  anonymousAuth: true,
  tokens: {},
  serviceAccountKey: 'sa.key',
  authorizationModes: ['Node', 'RBAC'],
  enableAdmission: ['NodeRestriction'],
  disableAdmission: [],
};

export const serverConfig = (from: {table<T extends Entity>(name: string): ReadTable<T>}): ServerConfig =>
  from.table<ServerConfig>(SERVER_CONFIG).get(0)!;

/** Puts the set-up in place, or changes it. */
export function configureServer(tx: Tx, change: Partial<ServerConfig>): void {
  const now = serverConfig(tx);
  if (now) tx.replace(SERVER_CONFIG, 0, {...now, ...change});
  else tx.insert(SERVER_CONFIG, {...defaultServerConfig, ...change});
}
