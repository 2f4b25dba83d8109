/** upstream: staging/src/k8s.io/apiserver/pkg/admission/interfaces.go */
import type {GroupVersionKind, GroupVersionResource, KubeObject, UserInfo} from '../../api/types.ts';
import type {Verdict} from '../authorization/types.ts';
import type {Wish} from '../cel/library/authorizer.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** One request as admission sees it. */
export interface Attributes {
  readonly operation: Operation;
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** The new object; in the mutating phase a draft that the plugin may change. undefined for DELETE. */
  object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** DeleteOptions, CreateOptions ... where a plugin needs them. */
  readonly options?: Record<string, unknown>;
}

/** What a plugin may look at and say. Reads see the store as it is. */
export interface AdmissionContext {
  get<T extends KubeObject = KubeObject>(resource: string, namespace: string, name: string): T | undefined;
  /** Nothing of a resource that is not served. */
  list<T extends KubeObject = KubeObject>(resource: string, namespace?: string): T[];
  /** Writes on the API server's own behalf (quota usage), with compare-and-swap on the resource version of `object`: a stale one throws a 409. */
  updateStatus(resource: string, object: KubeObject): void;
  /** Creates on the API server's own behalf (a namespace, by NamespaceAutoProvision). */
  create(resource: string, object: KubeObject): void;
  /** Whether the user of the request (or another) may also do this: approve for a signer, set finalizers of an owner. */
  authorize(wish: Wish): Verdict;
  /** Virtual milliseconds. */
  readonly now: number;
  /** Five characters of `bcdfghjklmnpqrstvwxz2456789`, seeded. */
  randomSuffix(): string;
  /** A `Warning:` header for the client. */
  warn(text: string): void;
  audit(key: string, value: string): void;
}

/** A file a plugin, a row in plugins.ts. Refusals are thrown as ApiError (403 in most cases). */
export interface AdmissionPlugin {
  readonly name: string;
  handles(attributes: Attributes): boolean;
  admit?(attributes: Attributes, context: AdmissionContext): void;
  /** False where `admit` can only refuse: nobody need look for what it changed. Default: it may. */
  mayChange?(context: AdmissionContext): boolean;
  validate?(attributes: Attributes, context: AdmissionContext): void;
}
