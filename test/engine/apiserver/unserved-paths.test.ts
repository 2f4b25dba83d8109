import {expect, test} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const cluster = clusterOf({nodes: 0});

test.each([
  // Below an API it is that API that does not know the path.
  ['/apis/apps/v9', 'the server could not find the requested resource'],
  ['/api/v2', 'the server could not find the requested resource'],
  ['/api/v1/nopes', 'the server could not find the requested resource'],
  // Elsewhere nobody feels addressed.
  ['/apis/nope.io/v1', undefined],
  ['/foo', undefined],
])('%s', (path, message) => {
  const {code, body} = cluster.request({method: 'GET', path});
  expect(code).toBe(404);
  if (message) expect(body).toMatchObject({kind: 'Status', reason: 'NotFound', message, details: {}});
  else expect(body).toBe('404 page not found\n');
});
