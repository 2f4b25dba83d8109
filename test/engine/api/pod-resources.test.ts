/** What a pod counts for while it is being resized as a whole. */
import {describe, expect, it} from 'vitest';
import {podLimits, podRequests, printResourceList} from '../../../src/engine/api/pod-resources.ts';
import type {Pod} from '../../../src/engine/api/types.ts';

const INFEASIBLE = [{type: 'PodResizePending', status: 'True', reason: 'Infeasible'}];

const resizing = (status: object): Pod =>
  ({
    spec: {
      containers: [{name: 'c', resources: {requests: {cpu: '1'}}}],
      resources: {requests: {cpu: '2', memory: '1Gi'}, limits: {cpu: '4'}},
      overhead: {cpu: '100m'},
    },
    status,
  }) as unknown as Pod;

const applied = {requests: {cpu: '3', memory: '512Mi'}, limits: {cpu: '5'}};

describe('a pod with requests of its own', () => {
  it.each([
    ['counts for them while nothing is reported', {}, {cpu: '2100m', memory: '1Gi'}],
    ['counts for what is still applied, where that is more', {resources: applied}, {cpu: '3100m', memory: '1Gi'}],
    ['counts for what is allotted already', {resources: applied, allocatedResources: {memory: '2Gi'}}, {cpu: '3100m', memory: '2Gi'}],
    ['does not count for what it cannot have', {resources: applied, conditions: INFEASIBLE}, {cpu: '3100m', memory: '512Mi'}],
  ])('%s', (_what, status, requests) => {
    expect(printResourceList(podRequests(resizing(status), {useStatusResources: true}))).toEqual(requests);
  });

  it('counts for what it asks for where its status is not looked at', () => {
    expect(printResourceList(podRequests(resizing({resources: applied})))).toEqual({cpu: '2100m', memory: '1Gi'});
  });

  it('is limited by the larger of the limits', () => {
    expect(printResourceList(podLimits(resizing({resources: applied}), {useStatusResources: true}))).toEqual({cpu: '5100m'});
  });
});
