/** upstream: staging/src/k8s.io/apiserver/pkg/authorization/authorizer/interfaces.go */
import type {KubeObject, PersistentVolume, Pod, rbac, UserInfo} from '../../api/types.ts';

/** Who wants to do what. */
export interface Attributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly isResourceRequest: boolean;
  readonly apiGroup: string;
  readonly apiVersion?: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** For requests that are not about a resource. */
  readonly path: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** NoOpinion leaves it to the next of the chain. */
export type Decision = 'Allow' | 'Deny' | 'NoOpinion';

export interface Verdict {
  readonly decision: Decision;
  readonly reason: string;
  /** Something went wrong while looking; a later authorizer may still allow. */
  readonly error?: string;
}

/** The policy as it stands in the store. Objects are immutable: what is derived from one is cached by its identity. */
export interface PolicyReader {
  clusterRole(name: string): rbac.ClusterRole | undefined;
  role(namespace: string, name: string): rbac.Role | undefined;
  /** In name order. The same array as long as nothing in it changed: indexes are cached by it. */
  clusterRoleBindings(): readonly rbac.ClusterRoleBinding[];
  /** In name order; the same array as long as nothing in it changed. */
  roleBindings(namespace: string): readonly rbac.RoleBinding[];
  /** Pods bound to a node, for the Node authorizer. */
  podsOnNode(node: string): readonly Pod[];
  /** The same array as long as nothing in it changed. */
  persistentVolumes(): readonly PersistentVolume[];
  get(resource: string, namespace: string, name: string): KubeObject | undefined;
}

/** A member of the chain. */
export interface Authorizer {
  readonly name: string;
  authorize(attributes: Attributes, policy: PolicyReader): Verdict;
}

export const NO_OPINION: Verdict = {decision: 'NoOpinion', reason: ''};
export const ALLOW: Verdict = {decision: 'Allow', reason: ''};

/** Verbs that leave everything as it is. */
export const READ_VERBS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
