/** Entities in the order of a number that grows as they change (the revision of their last write): those that changed last are found without a look at the others. */
import type {Entity} from '../engine/machine/types.ts';
import type {Account} from './reading.ts';

export interface Ranking<T> {
  readonly size: number;
  /** What stands in a slot from now on; undefined: nothing that counts. */
  put(slot: number, entity: T | undefined): void;
  /** So many at most, the highest rank first. */
  highest(most: number): T[];
  /** The same once more, to be changed by itself. */
  copy(): Ranking<T>;
}

/** Versions with their slots, in the order of their ranks. */
type Order<T> = (readonly [slot: number, entity: T])[];

/** No two entities may have the same rank. */
export function createRanking<T extends Entity>(rankOf: (entity: T) => number, begun: Order<T> = []): Ranking<T> {
  const members = new Map(begun);
  // All that came: one that has gone since, or that another version has followed, is passed over.
  let order = begun;
  let inOrder = true;

  const isThere = ([slot, entity]: Order<T>[number]): boolean => members.get(slot) === entity;
  const tidy = (): void => {
    if (!inOrder) order = [...members].sort(([, one], [, other]) => rankOf(one) - rankOf(other));
    else if (order.length > 2 * members.size + 64) order = order.filter(isThere);
    inOrder = true;
  };

  return {
    get size() {
      return members.size;
    },
    put(slot, entity) {
      if (members.get(slot) === entity) return;
      if (!entity) return void members.delete(slot);
      const last = order.at(-1);
      inOrder &&= !last || rankOf(last[1]) < rankOf(entity);
      members.set(slot, entity);
      order.push([slot, entity]);
    },
    highest(most) {
      tidy();
      const highest: T[] = [];
      for (let at = order.length - 1; at >= 0 && highest.length < most; at--) if (isThere(order[at]!)) highest.push(order[at]![1]);
      return highest;
    },
    copy() {
      tidy();
      return createRanking(rankOf, order.filter(isThere));
    },
  };
}

/** The entities of a table that are wanted, in the order of a rank. */
export const ranked = <T extends Entity>(
  table: string,
  wanted: (entity: T) => boolean,
  rankOf: (entity: T) => number,
): Account<Ranking<T>> => ({
  table,
  begin: () => createRanking(rankOf),
  put(ranking, slot, old, now) {
    if (now && wanted(now as T)) ranking.put(slot, now as T);
    else if (old && wanted(old as T)) ranking.put(slot, undefined);
    return ranking;
  },
  copy: ranking => ranking.copy(),
});
