/** upstream: staging/src/k8s.io/pod-security-admission/policy/checks.go */
import type {core, ObjectMeta} from '../../../api/types.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** The minor number of v1.x; Infinity is `latest`. */
export type Version = number;

/** What a pod does wrong: shown as `reason (detail)`. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export type PodCheck = (metadata: ObjectMeta, spec: core.PodSpec) => Violation | undefined;

export interface VersionedCheck {
  /** The first minor version it applies to. */
  readonly since: number;
  readonly check: PodCheck;
  /** Baseline checks that it makes needless. */
  readonly overrides?: readonly string[];
}

export interface Check {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** Oldest first. */
  readonly versions: readonly VersionedCheck[];
}
