import {describe, expect, it} from 'vitest';
import {NO_PROGRESS} from '../../src/course/progress.ts';
import {lateSession} from '../../src/session/late-session.ts';
import {mapView} from '../../src/session/map-view.ts';
import type {Session} from '../../src/session/types.ts';
import {firstBreath, realSession} from '../tui/real-session.ts';

const still = {now: () => 0, later: () => () => undefined};

/** A real session, the map that is shown before it, and the session that begins as the one and becomes the other. */
function late() {
  const {session} = realSession(still, firstBreath);
  const map = mapView({lessons: session.core.options.lessons, progress: NO_PROGRESS, begun: []});
  let come: (session: Session) => void = () => undefined;
  const coming = new Promise<Session>(resolve => {
    come = resolve;
  });
  return {session, map, coming, shown: lateSession(map, coming), come: () => come(session)};
}

describe('the map that is shown while the simulation is being loaded', () => {
  it('is the map of the session that comes', () => {
    const {session, map} = late();
    expect(map).toEqual(session.getSnapshot());
  });
});

describe('a session that is still to come', () => {
  it('can be looked at, and asked nothing', () => {
    const {map, shown} = late();
    expect(shown.getSnapshot()).toBe(map);
    expect(shown.busy()).toBe(false);
    expect(() => shown.dispatch({type: 'sandbox'})).toThrow('still being loaded');
  });

  it('tells who watches that it has come, and from then on what happens in it', async () => {
    const {session, coming, shown, come} = late();
    let heard = 0;
    const end = shown.subscribe(() => heard++);
    come();
    await coming;
    expect(heard).toBe(1);
    shown.dispatch({type: 'open', lesson: 'first-breath'});
    expect(heard).toBe(2);
    expect(shown.getSnapshot()).toBe(session.getSnapshot());
    expect(shown.getSnapshot().place).toBe('lesson');
    end();
    shown.dispatch({type: 'map'});
    expect(heard).toBe(2);
    session.close();
  });

  it('forgets who has stopped watching before it came', async () => {
    const {coming, shown, come} = late();
    let heard = 0;
    shown.subscribe(() => heard++)();
    come();
    await coming;
    expect(heard).toBe(0);
  });
});
