/**
 * A watch is authorized once, when it begins, and lasts five to ten minutes, as its client asks; whoever has lost the right to it meanwhile is refused the next.
 * Nobody counts the minutes of a watch whose client keeps its rights: nothing would be seen of it. upstream: client-go/tools/cache/reflector.go
 */
import type {UserInfo} from '../api/types.ts';
import {may} from '../apiserver/gates.ts';
import {resourceNamed} from '../apiserver/resources.ts';
import {type OpenWatch, RIGHTS_TAKEN, reachedRevision, WATCHES} from '../apiserver/watch.ts';
import {hashText} from '../machine/hash.ts';
import type {Handler} from '../machine/machine.ts';
import type {Tx} from '../machine/types.ts';

/** upstream: defaultMinWatchTimeout; each watch lasts between once and twice of it. */
const MIN_WATCH_TIMEOUT_MS = 5 * 60_000;

const MAX_RELIST_BACKOFF_MS = 30_000;
/** The shortest. */
export const RELIST_BACKOFF_MS = 800;

/** The term of a watch is over. */
const TERM_OVER = 'term-over';

/** Uniform in [0, 1), the same for the same text. */
const fraction = (text: string): number => Number.parseInt(hashText(text).slice(0, 8), 16) / 2 ** 32;

/** When the watch ends that runs at a moment in a row of watches that began at `since`: all times in virtual milliseconds. */
export function termEnd({owner, resource, since}: Pick<OpenWatch, 'owner' | 'resource' | 'since'>, at: number): number {
  const chance = (what: string): number => fraction([owner, resource, since, what].join('\n'));
  const first = since + MIN_WATCH_TIMEOUT_MS * (1 + chance('first'));
  if (first > at) return Math.round(first);
  // Long ones are met more often than short ones, and anywhere between their ends. The square root of what is uniform between 1 and 4 lies so between 1 and 2.
  return Math.round(at + MIN_WATCH_TIMEOUT_MS * Math.sqrt(1 + 3 * chance(`length at ${at}`)) * chance(`rest at ${at}`));
}

/** Milliseconds before a list that was refused, so many times in a row, is tried again: 800 ms, doubled each time to at most 30 s, and up to as much again. */
export const relistDelay = ({owner, resource, since}: Pick<OpenWatch, 'owner' | 'resource' | 'since'>, failures: number): number =>
  Math.round(
    Math.min(RELIST_BACKOFF_MS * 2 ** (failures - 1), MAX_RELIST_BACKOFF_MS) *
      (1 + fraction([owner, resource, since, failures].join('\n'))),
  );

interface Ways {
  /** Whose rights an owner's watches need; undefined where they do not come from the policy in the store. */
  clientOf(owner: string): UserInfo | undefined;
  /** Lists and watches anew; who is refused tries again. */
  begin(tx: Tx, owner: string, resource: string): void;
}

/** The machine's handlers for what becomes of open watches when rights are taken away. */
export function createWatchTerms({clientOf, begin}: Ways) {
  const refused = (tx: Tx, {owner, resource}: OpenWatch, known: Map<string, boolean>): boolean => {
    const user = clientOf(owner);
    if (!user) return false;
    const key = `${user.username} ${resource}`;
    let answer = known.get(key);
    if (answer === undefined) known.set(key, (answer = !may(tx, user, 'watch', resourceNamed(tx, resource))));
    return answer;
  };

  const end = (tx: Tx, slot: number): void => {
    const watch = tx.table<OpenWatch>(WATCHES).get(slot)!;
    const {owner, resource} = watch;
    tx.update<OpenWatch>(
      WATCHES,
      slot,
      draft => void Object.assign(draft, {revision: reachedRevision(tx, watch), stalled: true, wasCut: true}),
    );
    begin(tx, owner, resource);
  };

  return {
    [RIGHTS_TAKEN](tx, event) {
      const {restarted} = (event.data ?? {}) as {restarted?: boolean};
      const known = new Map<string, boolean>();
      for (const [slot, watch] of [...tx.table<OpenWatch>(WATCHES).entries()]) {
        if (watch.stalled || !refused(tx, watch, known)) continue;
        // A server that begins anew has no watches of before.
        if (restarted) end(tx, slot);
        else tx.schedule(termEnd(watch, tx.now), {type: TERM_OVER, to: watch.owner, key: watch.resource, periodic: true});
      }
    },
    [TERM_OVER](tx, event) {
      const slot = tx.table<OpenWatch>(WATCHES).slotAt('path', event.to!, event.key!);
      const watch = tx.table<OpenWatch>(WATCHES).get(slot);
      if (watch && !watch.stalled && refused(tx, watch, new Map())) end(tx, slot);
    },
  } satisfies Record<string, Handler>;
}
