/** Time on the screen: what stops it, the other timeline beside this one, cards in order, a selection that stays where it is. */
import {afterEach, describe, expect, test} from 'vitest';
import {createManualClock, type ManualClock} from '../../src/plain/clock.ts';
import {chooseTheme} from '../../src/tui/theme.ts';
import {fakeFacts} from '../tui/fake-facts.ts';
import {fakeSession} from '../tui/fake-session.ts';
import {realSession} from '../tui/real-session.ts';
import {type Mounted, mount} from '../tui/terminal.ts';

const theme = chooseTheme({TERM: 'xterm-256color', LANG: 'C.UTF-8'});
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function sandbox(columns: number, rows: number): Promise<{screen: Mounted; clock: ManualClock}> {
  const clock = createManualClock();
  const {session} = realSession(clock);
  session.dispatch({type: 'sandbox'});
  session.dispatch({type: 'speed', by: 1});
  const screen = await mount(session, columns, rows, theme);
  ends.push(screen.close, session.close);
  return {screen, clock};
}

const enter = async (screen: Mounted, ...lines: readonly string[]): Promise<void> => {
  for (const line of lines) await screen.press(line, 'Enter');
};

describe.each([
  [80, 24],
  [120, 36],
])('at %i x %i', (columns, rows) => {
  test('a breakpoint stops the clock; the screen says which and why', async () => {
    const {screen, clock} = await sandbox(columns, rows);
    await enter(screen, 'break component kube-scheduler', 'kubectl run web --image=nginx');
    await screen.shows('■ break 1', clock);
    expect(screen.rows().at(-1)).toMatch(/stopped at break 1 \(component kube-scheduler\): kube-sched/);
  });

  test('both timelines are shown, and Esc leads back', async () => {
    const {screen} = await sandbox(columns, rows);
    await enter(
      screen,
      'pause',
      'kubectl create configmap one',
      'back command',
      'branch else',
      'kubectl create configmap two',
      'beside main',
    );
    const text = screen.text();
    expect(text).toContain('Two timelines');
    expect(text).toMatch(/here they part, at \d/);
    const both = screen.rows().some(row => /main +at .*else +at /.test(row));
    expect(both).toBe(columns >= 120);
    expect(text).toContain('configmaps default/one');
    await screen.press('Escape');
    expect(screen.text()).not.toContain('Two timelines');
  });

  test('scrubbing moves through time, the past is announced, Esc returns', async () => {
    const {screen} = await sandbox(columns, rows);
    await enter(screen, 'pause', 'kubectl create configmap one');
    await screen.press('A-s', 'Left', 'Left');
    expect(screen.text()).toContain('◂ past');
    expect(screen.rows().at(-1)).toMatch(/← stands for: back {2}the past, step \d+ of \d+/);
    await screen.press('Escape');
    expect(screen.text()).not.toContain('◂ past');
  });

  test('a long sleep says how long still, and how to hurry it', async () => {
    const {screen, clock} = await sandbox(columns, rows);
    await enter(screen, 'sleep 1m');
    expect(screen.text()).toMatch(/waits at 2x {2}> faster {2}F skips to its end {2}\^C ends it {2}until 1:\d\d/);
    await screen.press('F');
    await screen.hides(/waits|skipping/, clock);
  });
});

test('F pressed when the wait has just ended is no text at the prompt', async () => {
  const {screen, clock} = await sandbox(80, 24);
  await screen.press('F');
  expect(screen.rows().at(-1)).toContain('nothing is being waited for');
  await enter(screen, 'sleep 1s');
  await screen.press('F', 'F', 'F');
  await screen.hides(/waits|skipping/, clock);
  await screen.press('F');
  expect(screen.text()).toMatch(/\$ (?!F)/);
  expect(screen.text()).not.toContain('$ F');
});

describe('lines typed while a command runs', () => {
  test('stand above the prompt until their turn comes', async () => {
    const session = fakeSession({busy: true});
    const screen = await mount(session, 80, 24, theme);
    ends.push(screen.close);
    await screen.press('k get pods\r', 'k get nodes', 'Enter', 'next\r', 'k');
    expect(session.actions).toEqual([]);
    expect(screen.text()).toMatch(/then \$ k get pods.*\n.*then \$ k get nodes.*\n.*then \$ next.*\n.*\$ k/);
    session.change({busy: false});
    await screen.settled();
    expect(session.actions.map(action => action.type === 'command' && action.line)).toEqual(['k get pods', 'k get nodes', 'next']);
    expect(screen.text()).not.toContain('then $');
    expect(screen.text()).toContain('│ $ k get');
  });

  test('run in their order when those before them have ended, also behind one that waits itself', async () => {
    const {screen, clock} = await sandbox(80, 24);
    await screen.press(
      'kubectl run web --image=nginx\rkubectl wait --for=condition=Ready pod/web\rsleep 1s\rkubectl get pod web -o name\recho end\r',
    );
    await screen.shows(/\$ sleep 1s.*-o name *│\n│ pod\/web.*\$ echo end *│\n│ end/s, clock);
    expect(screen.text()).not.toContain('still running');
  });

  test('a word of time does not wait, and ^C gives them back', async () => {
    const {screen, clock} = await sandbox(80, 24);
    await screen.press('kubectl get pods -w\rkubectl get nodes\recho two\rfaster\r');
    expect(screen.text()).toContain('then $ kubectl get nodes');
    expect(screen.text()).not.toContain('then $ faster');
    await screen.press('C-c');
    expect(screen.text()).toMatch(/\$ kubectl get nodes *│/);
    expect(screen.text()).toContain('Enter runs it, ^C drops it');
    await screen.press('Enter');
    await screen.shows(/node-1.*\$ echo two *│/s, clock);
  });

  test('are forgotten in another world', async () => {
    const {screen, clock} = await sandbox(80, 24);
    await screen.press('kubectl get pods -w\r', 'kubectl run late --image=nginx\r', 'reset\r');
    await screen.hides(/late|waits/, clock);
    await screen.press('kubectl get pods', 'Enter');
    await screen.shows('No resources found', clock);
  });
});

test('cards are put in order by keys', async () => {
  const session = fakeSession({
    ordering: {id: 'create', ask: 'What comes first?', cards: ['three', 'one', 'two'], answer: undefined, right: 0, truth: undefined},
  });
  const screen = await mount(session, 80, 24, theme);
  ends.push(screen.close);
  expect(screen.text()).not.toContain('→ accepts');
  await screen.press('Enter');
  expect(screen.text()).toContain('Put in order: What comes first?');
  // The card in hand goes down to the end.
  await screen.press(' ', 'Down', 'Down', ' ', 'Enter');
  expect(session.actions.at(-1)).toEqual({type: 'order', numbers: [2, 3, 1]});
});

test('the selected row stays on its object when rows come above it', async () => {
  const session = fakeSession();
  const screen = await mount(session, 120, 36, theme);
  ends.push(screen.close);
  await screen.press('A-3', 'Down');
  const selected = (): string | undefined => {
    const row = screen.rows().find(each => /▸ .*(minions|pods|events|leases|namespaces)\//.test(each)) ?? '';
    return /(minions|pods|events|leases|namespaces)\/\S+/.exec(row.slice(row.indexOf('▸ ')))?.[0];
  };
  const before = selected();
  expect(before).toBeDefined();
  const {store} = fakeFacts();
  const added = ['a', 'b', 'c'].map((name, index) => ({
    ...store.keys[0]!,
    key: `/registry/configmaps/default/${name}`,
    modRevision: 900 + index,
    ref: {kind: 'object', resource: 'configmaps', namespace: 'default', name} as const,
  }));
  session.facts({store: {...store, keys: [...added, ...store.keys]}});
  await screen.settled();
  expect(selected()).toBe(before);
});
