/** Exponential delays by key, kept as plain data. upstream: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go */

/** Milliseconds. */
export interface BackoffEntry {
  readonly delay: number;
  readonly lastUpdate: number;
}

export interface BackoffPolicy {
  readonly initial: number;
  readonly max: number;
}

/** upstream: pkg/kubelet/kubelet.go initialNodeStatus… MaxCrashLoopBackOff, imageBackOffPeriod */
export const crashLoopBackoff: BackoffPolicy = {initial: 10_000, max: 300_000};
export const imagePullBackoff: BackoffPolicy = {initial: 10_000, max: 300_000};

/** Two of the longest delays without trouble: forgotten. */
const hasExpired = (eventTime: number, lastUpdate: number, max: number): boolean => eventTime - lastUpdate > 2 * max;

/** Time left of the delay that began at `since`; 0 = not in back-off. */
export function backoffRemaining(entry: BackoffEntry | undefined, since: number, now: number, policy: BackoffPolicy): number {
  if (!entry || hasExpired(since, entry.lastUpdate, policy.max)) return 0;
  return Math.max(0, since + entry.delay - now);
}

/** Time left since the delay was last lengthened; 0 = not in back-off. */
export function backoffRemainingSinceUpdate(entry: BackoffEntry | undefined, now: number, policy: BackoffPolicy): number {
  if (!entry || hasExpired(now, entry.lastUpdate, policy.max)) return 0;
  return Math.max(0, entry.lastUpdate + entry.delay - now);
}

/** The entry after one more failure. `eventTime`: when that happened. */
export function nextBackoff(entry: BackoffEntry | undefined, eventTime: number, now: number, policy: BackoffPolicy): BackoffEntry {
  const delay = !entry || hasExpired(eventTime, entry.lastUpdate, policy.max) ? policy.initial : Math.min(entry.delay * 2, policy.max);
  return {delay, lastUpdate: now};
}
