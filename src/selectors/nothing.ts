import type {Facts, Trend, WhyFacts} from './facts/facts.ts';
import {stageIds} from './stages.ts';

/** The answer to no question. */
export const NOTHING_ASKED: WhyFacts = {subject: '', answer: '', chain: []};

const flat: Trend = {values: [0], now: 0, sliceMs: 1000};

/** What can be seen where there is no cluster. */
export const nothing: Facts = {
  now: 0,
  revision: 0,
  pipeline: {subject: '', stages: stageIds.map(id => ({id, label: id, verdict: 'idle', detail: ''})), story: ''},
  request: undefined,
  unsent: undefined,
  requests: [],
  store: {revision: 0, keys: [], watchers: 0, behind: [], allBehind: 0, members: [], quorum: 0, raftTerm: 0},
  controllers: {tree: [], queues: [], turn: undefined, before: [], caches: []},
  scheduler: {state: 'stopped', queues: [], decision: undefined, filters: [], predicted: undefined, whyNot: undefined},
  kubelets: {all: 0, ready: 0, busiest: []},
  pods: [],
  census: {all: 0, running: 0},
  network: {walk: undefined, lookup: undefined, nodes: [], allNodes: 0, services: [], allServices: 0},
  events: [],
  why: NOTHING_ASKED,
  trends: {revisions: flat, work: flat, pods: flat, cpu: []},
};
