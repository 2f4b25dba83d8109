/** What /metrics tells of the requests from outside. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/metrics/metrics.go */

export interface Counters {
  count(verb: string, resource: string, subresource: string, code: number): void;
  /** In Prometheus' text format. */
  text(longRunning: number): string;
}

export function createCounters(): Counters {
  const requests = new Map<string, number>();
  return {
    count(verb, resource, subresource, code) {
      const labels = `code="${code}",resource="${resource.slice(0, 63)}",subresource="${subresource.slice(0, 63)}",verb="${verb.toUpperCase()}"`;
      // Paths that mean nothing could be told without end.
      if (requests.size < 10_000 || requests.has(labels)) requests.set(labels, (requests.get(labels) ?? 0) + 1);
    },
    text: longRunning =>
      [
        '# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb, resource, subresource and HTTP response code.',
        '# TYPE apiserver_request_total counter',
        ...[...requests].map(([labels, count]) => `apiserver_request_total{${labels.replace(/[\\\n]/g, '_')}} ${count}`),
        '# HELP apiserver_longrunning_requests [STABLE] Gauge of all active long-running apiserver requests.',
        '# TYPE apiserver_longrunning_requests gauge',
        `apiserver_longrunning_requests ${longRunning}`,
        '',
      ].join('\n'),
  };
}
