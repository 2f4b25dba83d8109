/** What a failed pod means for its job. upstream: pkg/controller/job/pod_failure_policy.go */
import type {batch, Job, Pod} from '../../api/types.ts';

type Rule = batch.PodFailurePolicyRule;

export interface Ruling {
  /** Count it against the limit (the default), ignore it, or end the job or the index. */
  action: 'Count' | 'Ignore' | 'FailJob' | 'FailIndex';
  /** For FailJob: why. */
  message?: string;
}

const DEFAULT: Ruling = {action: 'Count'};

/** The first rule of the job's policy that matches decides. */
export function judge(job: Job, pod: Pod): Ruling {
  if (pod.status?.phase !== 'Failed') return DEFAULT;
  for (const [index, rule] of (job.spec?.podFailurePolicy?.rules ?? []).entries()) {
    const message = matchExitCodes(rule, pod, index) ?? matchConditions(rule, pod, index);
    if (message !== undefined) return {action: rule.action as Ruling['action'], ...(rule.action === 'FailJob' && {message})};
  }
  return DEFAULT;
}

function matchExitCodes({onExitCodes, action}: Rule, pod: Pod, index: number): string | undefined {
  if (!onExitCodes) return undefined;
  const {containerName, operator, values} = onExitCodes;
  for (const {name, state} of [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]) {
    const code = state?.terminated?.exitCode;
    if (code === undefined || code === 0 || (containerName && containerName !== name)) continue;
    if (operator === 'In' ? values.includes(code) : operator === 'NotIn' && !values.includes(code))
      return `Container ${name} for pod ${pod.metadata.namespace}/${pod.metadata.name} failed with exit code ${code} matching ${action} rule at index ${index}`;
  }
  return undefined;
}

function matchConditions({onPodConditions, action}: Rule, pod: Pod, index: number): string | undefined {
  const wanted = onPodConditions?.find(({type, status}) =>
    pod.status?.conditions?.some(c => c.type === type && c.status === (status ?? 'True')),
  );
  return (
    wanted && `Pod ${pod.metadata.namespace}/${pod.metadata.name} has condition ${wanted.type} matching ${action} rule at index ${index}`
  );
}
