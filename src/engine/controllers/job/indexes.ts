/** Completion indexes of an Indexed job. upstream: pkg/controller/job/indexed_job_utils.go */
import type {Job, Pod} from '../../api/types.ts';

export const JOB_COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';

/** Each pod has a number, and each number has to be done. */
export const isIndexed = (job: Job): boolean => job.spec?.completionMode === 'Indexed';

/** Each index has a limit of failures of its own. */
export const hasPerIndexLimit = (job: Job): boolean => isIndexed(job) && job.spec?.backoffLimitPerIndex !== undefined;

/** The index in a pod's annotation; -1 where there is none. */
export function indexOf(pod: Pod): number {
  const text = pod.metadata.annotations?.[JOB_COMPLETION_INDEX] ?? '';
  return /^\d+$/.test(text) ? Number(text) : -1;
}

/** `1,3-5` as a set of numbers below `completions`. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const found = new Set<number>();
  for (const part of (text ?? '').split(',').filter(Boolean)) {
    const [first, last = first] = part.split('-').map(Number) as [number, number?];
    for (let i = first; i <= Math.min(last, completions - 1); i++) found.add(i);
  }
  return found;
}

/** `1,3-5`: runs of three and more are shortened, two stand beside each other. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let from = 0, to = 0; from < sorted.length; from = to + 1) {
    for (to = from; sorted[to + 1] === sorted[to]! + 1; to++);
    if (to === from) parts.push(`${sorted[from]}`);
    else parts.push(to === from + 1 ? `${sorted[from]},${sorted[to]}` : `${sorted[from]}-${sorted[to]}`);
  }
  return parts.join(',');
}

/** The lowest `count` indexes that are neither done nor being worked on. */
export function firstPendingIndexes(taken: ReadonlySet<number>, count: number, completions: number): number[] {
  const pending: number[] = [];
  for (let i = 0; i < completions && pending.length < count; i++) if (!taken.has(i)) pending.push(i);
  return pending;
}
