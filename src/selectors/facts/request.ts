/** What can be seen of requests: their way through the stages, and what was refused of a manifest. */

export type Verdict = 'ok' | 'denied' | 'waiting' | 'active' | 'skipped' | 'idle';

export interface PipelineFacts {
  /** What is followed, e.g. `pod/default/web`; empty before the first command. */
  readonly subject: string;
  readonly stages: readonly PipelineStage[];
  /** One sentence: what is happening now. */
  readonly story: string;
}

export interface PipelineStage {
  readonly id: string;
  readonly label: string;
  readonly verdict: Verdict;
  /** When the stage was reached. */
  readonly atMs?: number;
  readonly detail: string;
}

export interface StageFacts {
  readonly stage: string;
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly detail: string;
  /** What a mutating stage changed: one line each, `+ path: value`, `- path` or `~ path: old -> new`. */
  readonly changes: readonly string[];
}

/** A request in a line. */
export interface RequestHeadFacts {
  readonly id: string;
  readonly step: number;
  readonly atMs: number;
  readonly user: string;
  readonly verb: string;
  readonly path: string;
  readonly code: number;
  readonly revision?: number;
}

export interface RequestFacts extends RequestHeadFacts {
  readonly groups: readonly string[];
  readonly method: string;
  readonly reason: string;
  readonly message: string;
  readonly stages: readonly StageFacts[];
  /** What is at fault in the manifest that it was made from; only of the request that is looked at. */
  readonly faults?: ManifestFaultFacts;
}

/** A command of kubectl that no server has been asked by. */
export interface UnsentFacts {
  readonly line: string;
  /** What kubectl says. */
  readonly why: string;
  /** Who has heard of it: kubectl alone, nobody at the address that it called, or somebody there whom it does not trust. */
  readonly reached: 'kubectl' | 'nobody' | 'stranger';
}

/** What a server refused of a manifest, at its lines. */
export interface ManifestFaultFacts {
  /** The file, as the client called it. */
  readonly source: string;
  /** The lines of the document, and how many lines of the file stand before them. */
  readonly lines: readonly string[];
  readonly before: number;
  /** In the order of their lines. */
  readonly faults: readonly FieldFaultFacts[];
}

export interface FieldFaultFacts {
  /** Path of the field. */
  readonly field: string;
  readonly message: string;
  /** Counted from 1, in the file. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** False where the manifest has no such field: then it is the place of what should hold it. */
  readonly found: boolean;
}
