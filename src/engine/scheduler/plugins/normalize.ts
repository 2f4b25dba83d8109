/** upstream: pkg/scheduler/framework/plugins/helper/normalize_score.go */
import {MAX_NODE_SCORE} from '../framework/types.ts';

/** Scales scores so that the highest becomes 100; `reverse` turns them over, so that the lowest count scores best. */
export function defaultNormalize(scores: readonly number[], reverse: boolean): number[] {
  const max = scores.reduce((a, b) => Math.max(a, b), 0);
  if (max === 0) return scores.map(score => (reverse ? MAX_NODE_SCORE : score));
  return scores.map(score => {
    const scaled = Math.trunc((MAX_NODE_SCORE * score) / max);
    return reverse ? MAX_NODE_SCORE - scaled : scaled;
  });
}
