import {describe, expect, it} from 'vitest';
import {NO_PROGRESS} from '../../../src/course/progress.ts';
import {createManualClock} from '../../../src/plain/clock.ts';
import {mapView} from '../../../src/session/map-view.ts';
import type {SessionAction, View} from '../../../src/session/types.ts';
import {realSession} from '../../tui/real-session.ts';
import {answered, linkTo} from './link.ts';

const still = {now: () => 0, later: () => () => undefined};

const story: readonly SessionAction[] = [
  {type: 'open', lesson: 'first-breath'},
  {type: 'command', line: 'kubectl get nodes'},
  {type: 'next'},
  {type: 'predict', option: 1},
  {type: 'command', line: 'kubectl create -f myapp-pod.yaml'},
  ...Array.from({length: 24}, (): SessionAction => ({type: 'step', by: 1, unit: 'event'})),
  {type: 'why', ref: {kind: 'object', resource: 'pods', namespace: 'default', name: 'myapp-pod'}},
  {type: 'undo'},
  {type: 'redo'},
  {type: 'branch', name: 'other'},
  {type: 'beside', name: 'main'},
  {type: 'command', line: 'kubectl explain pod.spec'},
  {type: 'map'},
];

/** Every fact, read. */
const read = (view: View): unknown => structuredClone(view);

describe('a session in another thread', () => {
  it('shows what it shows at hand, after each thing that is done', async () => {
    const near = realSession(still).session;
    const {session} = linkTo(near);
    await answered(session);
    for (const action of story) {
      session.dispatch(action);
      expect(session.awaits()).toBe(true);
      await answered(session);
      // Looking at a fact for the first time asks for it.
      read(session.getSnapshot());
      await answered(session);
      expect(read(session.getSnapshot())).toEqual(read(near.getSnapshot()));
    }
    near.close();
  });

  it('tells only what changed, and of the facts only those that are looked at', async () => {
    const near = realSession(still).session;
    near.dispatch({type: 'sandbox'});
    const {session, told} = linkTo(near);
    await answered(session);
    session.dispatch({type: 'command', line: 'kubectl api-resources'});
    await answered(session);
    const before = told();
    session.dispatch({type: 'step', by: 1, unit: 'event'});
    await answered(session);
    expect(told() - before).toBeLessThan(700);
    const {revision} = session.getSnapshot().facts;
    await answered(session);
    expect(session.getSnapshot().facts.revision).toBeGreaterThan(revision);
    near.close();
  });

  it('answers what it is asked, in its turn', async () => {
    const near = realSession(still).session;
    const {session} = linkTo(near);
    session.dispatch({type: 'sandbox'});
    session.dispatch({type: 'command', line: 'kubectl run web --image=nginx'});
    const answers: unknown[] = [];
    session.complete('kubectl describe pods w', 23, ({items}) => answers.push(items.map(item => item.text)));
    session.detail({kind: 'object', resource: 'pods', namespace: 'default', name: 'web'}, 'yaml', ({lines}) => answers.push(lines[0]));
    session.dispatch({type: 'command', line: 'kubectl edit pod web'});
    session.check('kind: Pod\nspec: {containers: 3}\n', faults => answers.push(faults.map(({field}) => field)));
    await answered(session);
    expect(answers).toEqual([['web'], 'apiVersion: v1', ['apiVersion']]);
    near.close();
  });

  it('lets time flow, and is told of it', async () => {
    const clock = createManualClock();
    const near = realSession(clock).session;
    near.dispatch({type: 'sandbox'});
    const {session} = linkTo(near);
    await answered(session);
    session.dispatch({type: 'flow'});
    await answered(session);
    const {now} = session.getSnapshot().time;
    clock.turn(1000);
    await answered(session);
    // It is told of a tenth of a second later at most.
    expect(session.getSnapshot().time.now).toBeGreaterThan(now + 850);
    near.close();
  });

  it('shows the map until it has come, and lets keys wait', async () => {
    const near = realSession(still).session;
    const map = mapView({lessons: near.core.options.lessons, progress: NO_PROGRESS, begun: []});
    expect(map).toEqual(near.getSnapshot());
    const {session} = linkTo(near, map);
    expect(session.getSnapshot()).toBe(map);
    expect(session.awaits()).toBe(true);
    let heard = 0;
    const end = session.subscribe(() => heard++);
    await answered(session);
    expect(heard).toBe(1);
    end();
    session.dispatch({type: 'sandbox'});
    await answered(session);
    expect(heard).toBe(1);
    expect(session.getSnapshot().place).toBe('sandbox');
    near.close();
  });

  it('says what breaks behind a key, and goes on', async () => {
    const near = realSession(still).session;
    const {session} = linkTo(near);
    session.dispatch({type: 'no such action'} as unknown as SessionAction);
    await answered(session);
    expect(session.getSnapshot().toast?.text).toMatch(/^This is a fault of podyssey: /);
    session.dispatch({type: 'sandbox'});
    await answered(session);
    expect(session.getSnapshot().place).toBe('sandbox');
    near.close();
  });
});
