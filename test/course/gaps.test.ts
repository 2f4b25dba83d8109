import {describe, expect, it} from 'vitest';
import {evaluate} from '../../src/course/checks.ts';
import type {Chronicle} from '../../src/course/records.ts';
import type {Check} from '../../src/course/types.ts';
import {clusterOf} from '../clusters.ts';

const cluster = clusterOf({nodes: 2});
const send = (method: 'POST' | 'GET' | 'DELETE', path: string, body?: object) => cluster.request({method, path, ...(body && {body})});
const pod = (name: string) => ({apiVersion: 'v1', kind: 'Pod', metadata: {name}, spec: {containers: [{name: 'c', image: 'nginx'}]}});

send('POST', '/api/v1/namespaces/default/pods', pod('old'));
send('POST', '/api/v1/namespaces/default/pods', pod('older'));
cluster.settle();
const chronicle: Chronicle = {cluster, from: cluster.history.position, commands: [], rewound: 0, predicted: false, ordered: 0};
const gap = (check: Check): string => evaluate(check, chronicle).gap();

describe('what is missing', () => {
  it('is not told of requests that have nothing to do with it', () => {
    cluster.advance(20_000);
    expect(gap({eventually: {request: {code: 401}}})).toBe('no such request yet');
    expect(gap({eventually: {request: {client: 'kubectl', path: '/apis/apps/v2'}}})).toBe('no such request yet');
  });

  it('is told of the request that comes near', () => {
    send('POST', '/api/v1/namespaces/default/pods', {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'BAD'}, spec: {}});
    expect(gap({eventually: {request: {verb: 'create', resource: 'pods', code: 201}}})).toBe('create pods -> 422: code is 422, not 201');
    expect(gap({eventually: {request: {verb: 'create', resource: 'pods', name: 'good'}}})).toBe('no such request yet');
  });

  it('is not told of an object that was there before, where it could be any', () => {
    expect(gap({now: {object: {kind: 'Pod', metadata: {labels: {app: 'new'}}}}})).toBe('no Pod is like that yet');
    expect(gap({now: {object: {kind: 'ClusterRole', metadata: {name: 'mine'}}}})).toBe('there is no ClusterRole mine yet');
  });

  it('is told of the one that is named, or was written since', () => {
    expect(gap({now: {object: {kind: 'Pod', metadata: {name: 'old'}, status: {phase: 'Failed'}}}})).toBe(
      'Pod old: status.phase is Running, not Failed',
    );
    expect(gap({now: {object: {kind: 'Pod', metadata: {name: 'old'}, status: {nominatedNodeName: 'node-1'}}}})).toBe(
      'Pod old: status.nominatedNodeName is not there yet; node-1 is wanted',
    );
    send('POST', '/api/v1/namespaces/default/pods', pod('young'));
    expect(gap({now: {object: {kind: 'Pod', status: {phase: 'Failed'}}}})).toMatch('Pod young: status.phase is Pending, not Failed');
  });

  it('is told of those that are under way, where one of several is enough', () => {
    const typed: Check = {eventually: {command: {line: '/quota/'}}};
    const answered = (code: number): Check => ({eventually: {request: {verb: 'create', resource: 'pods', code}}});
    expect(gap({any: [answered(403), typed]})).toBe('create pods young -> 201: code is 201, not 403');
    expect(gap({any: [typed, {eventually: {request: {code: 401}}}]})).toBe('you have not typed it yet');
  });

  it('is told of what was done to the machine', () => {
    const start = (node: object): Check => ({eventually: {control: {action: 'start', program: 'kubelet', node}}});
    cluster.control({action: 'stop', program: 'kubelet'});
    expect(gap(start({exists: false}))).toBe('it has not been done yet');
    cluster.control({action: 'start', program: 'kubelet', node: 'node-1'});
    expect(gap(start({exists: false}))).toBe('you started kubelet on node-1: node is still there');
    cluster.control({action: 'start', program: 'kubelet'});
    expect(evaluate(start({exists: false}), chronicle).met).toBe(true);
  });

  it('is said in words', () => {
    const old = (rest: object): Check => ({now: {object: {kind: 'Pod', metadata: {name: 'old'}, ...rest}}});
    expect(gap(old({status: {conditions: [{type: 'Ready', status: 'False'}]}}))).toBe(
      'Pod old: status.conditions has no type Ready, status False',
    );
    expect(gap(old({spec: {containers: {size: 2}}}))).toBe('Pod old: spec.containers has 1 items, not 2');
    expect(gap(old({metadata: {name: 'old', uid: {exists: false}}}))).toBe('Pod old: metadata.uid is still there');
    expect(gap(old({spec: {nodeName: '/node-9/'}}))).toMatch(/^Pod old: spec.nodeName is node-\d, not node-9$/);
  });

  it('names what should not be and is', () => {
    expect(gap({not: {now: {object: {kind: 'Pod', metadata: {name: 'old'}}}}})).toBe('Pod old is still there');
    expect(gap({not: {now: {object: {kind: 'Pod', metadata: {name: 'old'}, status: {phase: 'Running'}}}}})).toBe('Pod old is still so');
  });
});
