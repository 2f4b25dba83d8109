/** Why a pod fits nowhere, in the words of its event. upstream: pkg/scheduler/framework/types.go FitError */
import type {NodeStatuses} from './status.ts';

export const NO_NODES_AVAILABLE = 'no nodes available to schedule pods';

export interface Diagnosis {
  readonly numAllNodes: number;
  readonly statuses: NodeStatuses;
  /** Set when a PreFilter plugin turned the pod away from all nodes at once. */
  readonly preFilterMessage?: string;
  readonly postFilterMessage?: string;
}

/** `0/N nodes are available:` and how many nodes gave each reason; the list is sorted as text, counts included. */
export function fitError({numAllNodes, statuses, preFilterMessage, postFilterMessage}: Diagnosis): string {
  const why = preFilterMessage || histogram(numAllNodes, statuses);
  return `0/${numAllNodes} nodes are available:${why ? ` ${why}.` : ''}${postFilterMessage ? ` ${postFilterMessage}` : ''}`;
}

function histogram(numAllNodes: number, {explicit, absent}: NodeStatuses): string {
  const counts = new Map<string, number>();
  const count = (reason: string, by: number): unknown => counts.set(reason, (counts.get(reason) ?? 0) + by);
  for (const status of explicit.values()) for (const reason of status.reasons) count(reason, 1);
  if (explicit.size < numAllNodes) for (const reason of absent.reasons) count(reason, numAllNodes - explicit.size);
  return [...counts]
    .map(([reason, n]) => `${n} ${reason}`)
    .sort()
    .join(', ');
}
