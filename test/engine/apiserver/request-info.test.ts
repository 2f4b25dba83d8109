import {describe, expect, it} from 'vitest';
import {requestInfo} from '../../../src/engine/apiserver/request-info.ts';

/** verb resource[/subresource] name@namespace */
const told = (method: string, path: string, query = {}): string => {
  const {isResourceRequest, verb, resource, subresource, name, namespace} = requestInfo(method, path, query);
  if (!isResourceRequest) return `${verb} ${path}`;
  return `${verb} ${resource}${subresource && `/${subresource}`} ${name}@${namespace}`;
};

describe('what a request asks for', () => {
  it.each([
    ['POST', '/api/v1/namespaces/dev/pods', {}, 'create pods @dev'],
    ['GET', '/api/v1/namespaces/dev/pods', {watch: ''}, 'watch pods @dev'],
    ['GET', '/api/v1/pods', {fieldSelector: ['metadata.name=web']}, 'list pods web@'],
    ['GET', '/api/v1/pods', {fieldSelector: ['metadata.name=web,']}, 'list pods web@'],
    ['GET', '/api/v1/pods', {fieldSelector: ['metadata.name=web'], labelSelector: ['!!']}, 'list pods @'],
    ['PUT', '/api/v1/namespaces/dev/finalize', {}, 'update namespaces/finalize dev@dev'],
    ['DELETE', '/apis/apps/v1/namespaces/dev/deployments', {}, 'deletecollection deployments @dev'],
    ['GET', '/api/v1/watch/namespaces/dev/pods/web', {}, 'watch pods web@dev'],
    ['GET', '/healthz', {}, 'get /healthz'],
    ['GET', '/apis/apps/v1', {}, 'get /apis/apps/v1'],
  ])('%s %s %j: %s', (method, path, query, expected) => {
    expect(told(method, path, query)).toBe(expected);
  });

  it('cannot be told of a watch of nothing', () => {
    expect(() => requestInfo('GET', '/api/v1/watch')).toThrow('unable to determine kind and namespace from url');
  });
});
