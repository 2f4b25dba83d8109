/** How this API server is set up: plain data in the state, so that it can be changed, broken and rewound like anything else. */
import type {Entity, ReadTable, Tx} from '../machine/types.ts';
import type {AdmissionConfig} from './admission/config.ts';
import type {AuthenticationConfig} from './authentication/types.ts';
import type {AbacPolicy} from './authorization/abac.ts';
import type {AuthorizationWebhook} from './authorization/webhook.ts';

export type AuthorizationMode = 'Node' | 'RBAC' | 'ABAC' | 'Webhook' | 'AlwaysAllow' | 'AlwaysDeny';

export interface ServerConfig {
  readonly id: 'apiserver';
  /** The program is there and answers. */
  readonly running: boolean;
  readonly authentication: AuthenticationConfig;
  readonly authorization: {
    /** --authorization-mode: asked in this order. */
    readonly modes: readonly AuthorizationMode[];
    readonly abac?: readonly AbacPolicy[];
    readonly webhook?: AuthorizationWebhook;
  };
  readonly admission: {
    /** --enable-admission-plugins, beyond the default. */
    readonly enable: readonly string[];
    /** --disable-admission-plugins */
    readonly disable: readonly string[];
    /** --admission-control-config-file, and the far ends of webhooks. */
    readonly plugins?: AdmissionConfig;
  };
  /** --kubelet-certificate-authority is given: serving certificates of kubelets are verified. Not so by default. */
  readonly verifyKubelets?: boolean;
  /** The minor release as of which clients from outside are answered; undefined: today's. */
  readonly asOf?: number;
  /** What stands between the server and clients outside of the cluster. */
  readonly front?: Front;
}

/** A load balancer that is slow or answers in the server's stead; a serving certificate that nobody should trust. */
export interface Front {
  /** Milliseconds by which every answer comes later. */
  readonly slowMs?: number;
  readonly unavailable?: boolean;
  readonly certificate?: 'expired' | 'wrong-ca';
}

const SERVER_CONFIG = 'serverConfig';

/** The authority that signs the cluster's own client certificates. */
export const CLUSTER_CA = 'kubernetes';

/** kubeadm's set-up: certificates and service account tokens, Node and RBAC, NodeRestriction on. */
export const defaultServerConfig: ServerConfig = {
  id: 'apiserver',
  running: true,
  authentication: {
    anonymous: {enabled: true},
    clientCA: CLUSTER_CA,
    serviceAccounts: {issuer: 'https://kubernetes.default.svc.cluster.local', signingKey: 'sa.key'},
  },
  authorization: {modes: ['Node', 'RBAC']},
  admission: {enable: ['NodeRestriction'], disable: []},
};

/** How the API server is set up at this moment. */
export const serverConfig = (from: {table<T extends Entity>(name: string): ReadTable<T>}): ServerConfig =>
  from.table<ServerConfig>(SERVER_CONFIG).get(0)!;

/** Puts the set-up in place, or changes it. */
export function configureServer(tx: Tx, change: Partial<ServerConfig>): void {
  const now = serverConfig(tx);
  if (now) tx.replace(SERVER_CONFIG, 0, {...now, ...change});
  else tx.insert(SERVER_CONFIG, {...defaultServerConfig, ...change});
}
