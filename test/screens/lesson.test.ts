import {afterEach, beforeEach, expect, test} from 'vitest';
import {createManualClock, type ManualClock} from '../../src/plain/clock.ts';
import type {OwnSession} from '../../src/session/session.ts';
import type {Session} from '../../src/session/types.ts';
import {linkTo} from '../session/far/link.ts';
import {realSession} from '../tui/real-session.ts';
import {type Mounted, mount} from '../tui/terminal.ts';

let screen: Mounted;
let clock: ManualClock;
beforeEach(() => {
  clock = createManualClock();
});
afterEach(() => screen.close());

const until = (what: string | RegExp): Promise<void> => screen.shows(what, clock);

/** Where the session lives: in the screen's thread, or behind copies that come later. */
const places = [
  ['at hand', (session: OwnSession): Session => session],
  ['in another thread', (session: OwnSession): Session => linkTo(session, session.getSnapshot()).session],
] as const;

test.each(places)('a lesson is played by keys alone at 80x24, the session being %s', async (_where, place) => {
  const {session, progress} = realSession(clock);
  screen = await mount(place(session), 80, 24);
  try {
    // The course map: the first lesson is chosen.
    expect(screen.text()).toContain('First breath');
    await screen.press('Enter');
    await until('Step 1/4');

    // Step 1: take the suggestion, run it, go on.
    await screen.press('Right', 'Enter');
    await until('Step 1/4 done. Enter goes on');
    expect(screen.text()).toContain('node-3');
    await screen.press('Enter');

    // Step 2: predict, then create; the request is seen on its way, and its way ends in etcd.
    await until('Predict: ');
    await screen.press('Enter');
    await until('kubectl create -f myapp-pod.yaml');
    await screen.press('Right', 'Enter');
    await until(/ (authn|authz|decode|mutate|validate|admit|etcd) /);
    await until('pod/myapp-pod created');
    await until('Step 2/4 done');
    expect(screen.text()).toContain('✓ You predicted: Pending. So it was.');
    await screen.press('Enter');

    // Step 3: the rest happens by itself.
    await until('Step 3/4 done');
    await screen.press('A-7');
    await until(/✓ Running, ready/);
    await screen.press('Escape', 'Enter');

    // Step 4: back in time, and to the present again.
    await until('Step 4/4');
    await screen.press(',', ',');
    await until('PAST');
    await screen.press('=');
    await until('Step 4/4 done');
    await screen.press('Enter');
    await until('✓ Solved. Enter');
    // Its last word is what there is to read, and it is said how.
    expect(screen.text()).toContain('One keystroke, one request, one revision.');
    expect(screen.text()).toContain('PgDn reads on');
    await screen.press('PageDown', 'PageDown', 'PageDown', 'PageDown');
    await until('Enter (or next) returns to the map.');
    expect(screen.text()).not.toContain('PgDn reads on');
    expect(progress()?.lessons['first-breath']).toMatchObject({solved: true});
  } finally {
    session.close();
  }
});

test.each(places)('Enter pressed twice at the end shows the last word all the same, the session being %s', async (_where, place) => {
  const {session, progress} = realSession(clock, 'lessons/01-birth-certificate/01-first-breath.yaml');
  screen = await mount(place(session), 120, 36);
  try {
    await screen.press('Enter');
    await until('Step 1/4');
    await screen.press('Right', 'Enter');
    await until('Step 1/4 done');
    await screen.press('Enter');
    await until('Predict: ');
    await screen.press('Enter');
    await until('kubectl create -f myapp-pod.yaml');
    await screen.press('Right', 'Enter');
    await until('Step 2/4 done');
    await screen.press('Enter');
    await until('Step 3/4 done');
    await screen.press('Enter');
    await until('Step 4/4');
    await screen.press(',', ',');
    await until('PAST');
    await screen.press('=');
    await until('Step 4/4 done');
    // Nothing but the prompt is to be seen; both keys come in one report.
    await screen.press('C-o', '\r\r');
    await until('✓ Solved');
    expect(screen.text()).toContain('One keystroke, one request, one');
    expect(progress()?.lessons['first-breath']).toMatchObject({solved: true});
    await screen.press('Enter');
    await screen.hides('Enter (or next) returns to the map.', clock);
  } finally {
    session.close();
  }
});

test.each(places)('free play answers every panel, and a detail view of what is selected, the session being %s', async (_where, place) => {
  const {session} = realSession(clock);
  session.dispatch({type: 'sandbox'});
  session.dispatch({type: 'speed', by: 1});
  session.dispatch({type: 'speed', by: 1});
  screen = await mount(place(session), 120, 36);
  try {
    await screen.press('kubectl run web --image=nginx', 'Enter');
    await until('pod/web created');
    await screen.press('A-7');
    await until(/web default {2}Running/);
    await screen.press('d');
    await until('Node:             node-');
    await screen.press('G');
    await until('Successfully assigned default/web to');
    await screen.press('Escape', 'y');
    await until('kind: Pod');
    await screen.press('Escape', 'w', 'z', 'G');
    await until(/kubernetes-admin create .*\/pods: 201/);
    await screen.press('z');
    for (const digit of '1234567890') {
      await screen.press(digit);
      expect(screen.rows()[0]).toMatch(/^ podyssey/);
      expect(screen.scrolled()).toBe(0);
    }
  } finally {
    session.close();
  }
});

test('keys that come faster than their answers do what they do one by one', async () => {
  const {session} = realSession(clock);
  screen = await mount(linkTo(session, session.getSnapshot()).session, 120, 36);
  try {
    // From the map into the lesson, past the tour, a completion, a command, the next step, its prediction.
    await screen.press('Enter', 'kubectl get no', 'Tab', 'Enter', 'Enter', '2', 'Enter');
    await until('You predicted: ');
    expect(session.core.state.branch!.entries.map(({line}) => line)).toEqual(['kubectl get nodes']);
    expect(session.core.state.run!.predictions).toMatchObject({create: {chosen: 1}});
  } finally {
    session.close();
  }
});

test('at 80x24 what a command does is seen in the panel of its step, and the lesson comes back with the next one', async () => {
  const {session} = realSession(clock);
  screen = await mount(session, 80, 24);
  try {
    // A step that is about no panel leaves the lesson where it is.
    await screen.press('Enter', 'kubectl get nodes', 'Enter');
    await until('Step 1/4 done');
    expect(screen.text()).toMatch(/─ Lesson 1.1 ─.*╰─ Tab › Pipeline ─/s);
    await screen.press('Enter');
    await until('Predict: ');
    expect(screen.text()).toMatch(/─ Lesson 1.1 ─.*╰─ Alt\+2 › Request ─/s);

    // The request is seen on its way.
    await screen.press('1', 'Enter', 'kubectl create -f myapp-pod.yaml', 'Enter');
    await until('─ 2 Request ─');
    expect(screen.text()).toMatch(/╰─ Tab › Store {3}Alt\+t › Lesson ─/);
    await until('Step 2/4 done');
    expect(screen.text()).toContain('201 Created');

    // Whoever wants to read on is a key away from the lesson; the next step brings it.
    await screen.press('A-t');
    expect(screen.text()).toContain('─ ▸ Lesson 1.1 ─');
    await screen.press('A-2', 'Escape', 'Enter');
    await until('Step 3/4');
    expect(screen.text()).toContain('─ Lesson 1.1 ─');

    // Words of time show it too, and a hint is read in the lesson.
    await until('Step 3/4 done');
    await screen.press('Enter', 'back', 'Enter');
    await until('─ 3 Store ─');
    await screen.press('hint', 'Enter');
    await until('Hint 1');
    expect(screen.text()).toContain('─ Lesson 1.1 ─');
  } finally {
    session.close();
  }
});

test('at 120x36 the panel of the step is among those that are shown', async () => {
  const {session} = realSession(clock);
  screen = await mount(session, 120, 36);
  try {
    await screen.press('Enter', 'kubectl get nodes', 'Enter');
    await until('Step 1/4 done');
    expect(screen.text()).not.toContain('─ 7 Containers ─');
    await screen.press('Enter', 'predict 1', 'Enter', 'kubectl create -f myapp-pod.yaml', 'Enter');
    await until('Step 2/4 done');
    await screen.press('Enter');
    await until('─ 7 Containers ─');
  } finally {
    session.close();
  }
});
