/** What is in the log of a server that has just started. */
import {expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const PODS = '/api/v1/namespaces/default/pods';

it.each([
  [
    'nginx',
    {image: 'nginx:1.27'},
    [
      '/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration',
      expect.stringMatching(/^2026\/04\/22 09:00:\d\d \[notice\] 1#1: start worker processes$/),
    ],
  ],
  [
    'nginx without its script',
    {image: 'nginx:1.27', command: ['nginx', '-g', 'daemon off;']},
    [expect.stringMatching(/using the "epoll"/), expect.stringMatching(/start worker/)],
  ],
  ['another program of its image', {image: 'nginx:1.27', args: ['sleep', '30']}, ['', '']],
  [
    'redis',
    {image: 'redis:7'},
    [
      expect.stringMatching(/^1:C 22 Apr 2026 09:00:\d\d\.\d{3} \* oO0OoO0OoO0Oo Redis is starting/),
      expect.stringMatching(/Ready to accept connections tcp$/),
    ],
  ],
  [
    'httpd',
    {image: 'httpd:2.4'},
    [expect.stringMatching(/^AH00558: .* using 10\.244\.\d\.\d+\./), expect.stringMatching(/^\[Wed Apr 22 09:00:/)],
  ],
])('%s', (_, container, [first, last]) => {
  const cluster = clusterOf({nodes: 1});
  const spec = {containers: [{name: 'c', ...container}], terminationGracePeriodSeconds: 0};
  cluster.request({method: 'POST', path: PODS, body: {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'web'}, spec}});
  cluster.advance(20_000);
  const lines = (cluster.request({method: 'GET', path: `${PODS}/web/log`}).body as string).trimEnd().split('\n');
  expect(lines[0]).toEqual(first);
  expect(lines.at(-1)).toEqual(last);
});
