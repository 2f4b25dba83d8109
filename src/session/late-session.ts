import type {Session, View} from './types.ts';

/**
 * A session that shows a view until the real one has come, and is that one from then on. Before, it can be looked at and no more: who takes keys lets them wait for
 * `coming`.
 */
export function lateSession(view: View, coming: Promise<Session>): Session {
  let real: Session | undefined;
  const ends = new Map<() => void, (() => void) | undefined>();
  const come = (session: Session): void => {
    real = session;
    for (const listener of ends.keys()) {
      ends.set(listener, session.subscribe(listener));
      listener();
    }
  };
  // Whoever waits for `coming` hears of it.
  coming.then(come, () => undefined);
  const whole = (): Session => {
    if (!real) throw new Error('the simulation is still being loaded');
    return real;
  };
  return {
    getSnapshot: () => real?.getSnapshot() ?? view,
    subscribe(listener) {
      ends.set(listener, real?.subscribe(listener));
      return () => {
        ends.get(listener)?.();
        ends.delete(listener);
      };
    },
    dispatch: action => whole().dispatch(action),
    busy: () => real?.busy() ?? false,
    mustWait: line => whole().mustWait(line),
    wakesAt: () => real?.wakesAt(),
    complete: (line, cursor) => whole().complete(line, cursor),
    check: text => whole().check(text),
    detail: (ref, kind) => whole().detail(ref, kind),
  };
}
