/**
 * How much a screen tells of each list. Nobody reads on, and a frame must not take longer, nor weigh more, the larger the cluster is: what is left out is counted,
 * and named with the command that shows it. Clusters of up to fifty pods and a hundred nodes are told whole.
 */

/** Several lists that share what room there is: at most so many of each, and of all together. */
export interface Share {
  readonly each: number;
  readonly together: number;
}

export const CAPS = {
  pods: 100,
  owned: {each: 50, together: 200},
  turns: 8,
  requestsOfTurn: 50,
  queueKeys: {each: 50, together: 150},
  queuedPods: {each: 50, together: 150},
  decisionNodes: 50,
  nodes: 100,
  podsOfNodes: {each: 50, together: 150},
  probesOfNodes: {each: 50, together: 150},
  stepsOfNodes: {each: 13, together: 260},
  services: 50,
  endpoints: {each: 50, together: 200},
  watchers: 50,
  keys: 60,
  requests: 40,
  events: 60,
  links: 200,
} as const satisfies Record<string, number | Share>;

/** Grants each list, in the order in which they ask, what it wants of what room there is. */
export function shared({each, together}: Share): (wanted: number) => number {
  let left = together;
  return wanted => {
    const granted = Math.min(wanted, each, left);
    left -= granted;
    return granted;
  };
}

/** The first `most` of the items in an order, in that order, equals as they come; the others are not sorted. */
export function firstOf<T>(items: Iterable<T>, most: number, order: (one: T, other: T) => number): T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.length === most && (most === 0 || order(item, first[most - 1]!) >= 0)) continue;
    let [low, high] = [0, first.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order(item, first[middle]!) < 0) high = middle;
      else low = middle + 1;
    }
    first.splice(low, 0, item);
    if (first.length > most) first.pop();
  }
  return first;
}
