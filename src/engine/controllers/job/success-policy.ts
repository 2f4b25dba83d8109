/** When an indexed job has done enough, though not all. upstream: pkg/controller/job/success_policy.go */
import type {Job} from '../../api/types.ts';
import {parseIndexes} from './indexes.ts';

/** Says which rule of the job's policy is met; undefined where none is. */
export function metSuccessRule(job: Job, succeeded: ReadonlySet<number>): string | undefined {
  const {successPolicy, completions = 0} = job.spec!;
  const met = (successPolicy?.rules ?? []).findIndex(({succeededIndexes, succeededCount}) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && succeeded.size >= succeededCount;
    const required = [...parseIndexes(succeededIndexes, completions)];
    const done = required.filter(index => succeeded.has(index)).length;
    return required.length > 0 && done >= (succeededCount ?? required.length);
  });
  return met >= 0 && succeeded.size > 0 ? `Matched rules at index ${met}` : undefined;
}
