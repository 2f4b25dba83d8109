/** upstream: staging/src/k8s.io/apiserver/pkg/quota/v1/interfaces.go */
import type {Quantities} from '../../../api/pod-resources.ts';
import type {core, KubeObject} from '../../../api/types.ts';
import type {Attributes} from '../types.ts';

/** A condition on the objects that a quota counts. */
export type ScopeSelector = core.ScopedResourceSelectorRequirement;

/** How objects of one resource count against quotas. */
export interface Evaluator {
  /** Whether the request may change what is used. */
  handles(attributes: Attributes): boolean;
  /** What an object uses. `now`: UTC milliseconds. */
  usage(object: KubeObject, now: number): Quantities;
  /** Whether a name in a quota is about this resource. */
  matchesResource(name: string): boolean;
  matchesScope(selector: ScopeSelector, object: KubeObject): boolean;
  /** Why an object cannot be counted: it leaves out what the quota is about. */
  constraintError?(required: readonly string[], object: KubeObject): string | undefined;
}
