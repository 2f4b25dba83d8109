/**
 * What the controller has written and its informer may not have shown it yet: acting on an older view would make slices twice.
 * upstream: staging/src/k8s.io/endpointslice/util/endpointslice_tracker.go (which counts generations where this counts resource versions)
 */

import type {EndpointSlice, Stored} from '../../api/types.ts';
import type {Memory} from '../../client/types.ts';
import {forgetAll} from '../common/memory.ts';

const KIND = 'slices';
const DELETED = -1;

/** By the slice's uid: the version written last, or DELETED. */
type Versions = Record<string, number>;

type StoredSlice = Stored<EndpointSlice>;

const version = (slice: StoredSlice): number => Number(slice.metadata.resourceVersion);

/** The tracker of one service (`namespace/name`). */
export function trackerOf(memory: Memory, service: string) {
  const versions = (): Versions => memory.get<Versions>(KIND, service) ?? {};
  const put = (uid: string, value: number | undefined): void => {
    const {[uid]: _old, ...rest} = versions();
    memory.put(KIND, service, value === undefined ? rest : {...rest, [uid]: value});
  };
  return {
    /** A slice was written. */
    update: (slice: StoredSlice): void => put(slice.metadata.uid, version(slice)),
    /** A slice was asked to be deleted. */
    expectDeletion: (slice: StoredSlice): void => put(slice.metadata.uid, DELETED),
    /** Whether somebody else wrote this slice, so that the service has to be looked at. */
    shouldSync: (slice: StoredSlice): boolean => version(slice) > (versions()[slice.metadata.uid] ?? 0),
    /** A slice is gone; true when it was this controller that had it deleted. Slices never tracked are nobody's concern. */
    handleDeletion(slice: StoredSlice): boolean {
      const known = versions()[slice.metadata.uid];
      if (known === undefined) return true;
      put(slice.metadata.uid, undefined);
      return known === DELETED;
    },
    /** Whether the informer's view of the service's slices is older than what was written. */
    isStale(slices: readonly StoredSlice[]): boolean {
      const known = versions();
      const seen = new Map(slices.map(slice => [slice.metadata.uid, version(slice)]));
      return Object.entries(known).some(([uid, written]) => (written === DELETED ? seen.has(uid) : (seen.get(uid) ?? DELETED) < written));
    },
    forget: (): void => memory.delete(KIND, service),
  };
}

/** The program has just started: what an earlier life wrote is in the informers by now, or gone. */
export const forgetTrackers = (memory: Memory): void => forgetAll(memory, KIND);
