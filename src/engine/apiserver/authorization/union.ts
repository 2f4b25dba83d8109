/** upstream: staging/src/k8s.io/apiserver/pkg/authorization/union/union.go */
import type {Attributes, Authorizer, PolicyReader, Verdict} from './types.ts';

export interface UnionVerdict extends Verdict {
  /** The authorizer that allowed or denied; undefined when none had an opinion. */
  readonly decidedBy?: string;
}

/** Asks one after the other; the first Allow or Deny stands. Without one the reasons are joined, and the request is not allowed. */
export function authorize(chain: readonly Authorizer[], attributes: Attributes, policy: PolicyReader): UnionVerdict {
  let reasons: string[] | undefined;
  let errors: string[] | undefined;
  for (const authorizer of chain) {
    const verdict = authorizer.authorize(attributes, policy);
    if (verdict.decision !== 'NoOpinion') return {...verdict, decidedBy: authorizer.name};
    if (verdict.reason) (reasons ??= []).push(verdict.reason);
    if (verdict.error) (errors ??= []).push(verdict.error);
  }
  const reason = reasons?.join('\n') ?? '';
  return errors ? {decision: 'NoOpinion', reason, error: aggregate(errors)} : {decision: 'NoOpinion', reason};
}

/** Several errors in one line, each said once. upstream: apimachinery/pkg/util/errors NewAggregate */
export function aggregate(errors: readonly string[]): string {
  const distinct = [...new Set(errors)];
  return distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`;
}
