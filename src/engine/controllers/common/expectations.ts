/**
 * What a controller has done and not yet seen in its cache. Until it has, or five minutes have passed, its cache is known to lie about the number of pods.
 * upstream: pkg/controller/controller_utils.go ControllerExpectations, UIDTrackingControllerExpectations
 */

import type {ComponentContext} from '../../client/types.ts';
import {forgetAll} from './memory.ts';

const KIND = 'expectations';
const EXPECTATIONS_TIMEOUT_MS = 5 * 60_000;

interface Expectations {
  creations: number;
  /** Keys of the pods whose deletion is awaited. */
  deletions: string[];
  /** When they were set, in virtual milliseconds. */
  at: number;
}

const set = (ctx: ComponentContext, key: string, expected: Omit<Expectations, 'at'>): void =>
  ctx.memory.put<Expectations>(KIND, key, {...expected, at: ctx.now});

const pending = (ctx: ComponentContext, key: string): Expectations | undefined => ctx.memory.get<Expectations>(KIND, key);

/** From now on so many creations are awaited, and nothing else. */
export const expectCreations = (ctx: ComponentContext, key: string, count: number): void =>
  set(ctx, key, {creations: count, deletions: []});

/** From now on the deletion of these pods (by key) is awaited, and nothing else. */
export const expectDeletions = (ctx: ComponentContext, key: string, pods: string[]): void => set(ctx, key, {creations: 0, deletions: pods});

/** Both at once. */
export const expectCreationsAndDeletions = (ctx: ComponentContext, key: string, count: number, pods: string[]): void =>
  set(ctx, key, {creations: count, deletions: pods});

/** So many creations have been seen, or will never be: they failed. */
export function creationObserved(ctx: ComponentContext, key: string, count = 1): void {
  if ((pending(ctx, key)?.creations ?? 0) > 0) ctx.memory.update<Expectations>(KIND, key, e => void (e.creations -= count));
}

/** A deletion has been seen, or will never be: it failed. */
export function deletionObserved(ctx: ComponentContext, key: string, pod: string): void {
  if (pending(ctx, key)?.deletions.includes(pod))
    ctx.memory.update<Expectations>(KIND, key, e => void (e.deletions = e.deletions.filter(p => p !== pod)));
}

/** Fulfilled, expired, or never set. */
export function expectationsSatisfied(ctx: ComponentContext, key: string): boolean {
  const expected = pending(ctx, key);
  if (!expected) return true;
  return (expected.creations <= 0 && expected.deletions.length === 0) || ctx.now - expected.at > EXPECTATIONS_TIMEOUT_MS;
}

/** The object itself is gone. */
export function deleteExpectations(ctx: ComponentContext, key: string): void {
  if (pending(ctx, key)) ctx.memory.delete(KIND, key);
}

/** They live in the program's memory: a restart forgets them. */
export const forgetExpectations = ({memory}: ComponentContext): void => forgetAll(memory, KIND);
