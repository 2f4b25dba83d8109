/** Time on the screen: what stops it, the other timeline beside this one, cards in order, a selection that stays where it is. */
import {afterEach, describe, expect, test} from 'vitest';
import {chooseTheme} from '../../src/tui/theme.ts';
import {fakeFacts} from '../tui/fake-facts.ts';
import {fakeSession} from '../tui/fake-session.ts';
import {realSession, wallClock} from '../tui/real-session.ts';
import {type Mounted, mount} from '../tui/terminal.ts';

const theme = chooseTheme({TERM: 'xterm-256color', LANG: 'C.UTF-8'});
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function sandbox(columns: number, rows: number): Promise<Mounted> {
  const {session} = realSession(wallClock);
  session.dispatch({type: 'sandbox'});
  session.dispatch({type: 'speed', by: 1});
  const screen = await mount(session, columns, rows, theme);
  ends.push(screen.close, session.close);
  return screen;
}

const enter = async (screen: Mounted, ...lines: readonly string[]): Promise<void> => {
  for (const line of lines) await screen.press(line, 'Enter');
};

describe.each([
  [80, 24],
  [120, 36],
])('at %i x %i', (columns, rows) => {
  test('a breakpoint stops the clock; the screen says which and why', async () => {
    const screen = await sandbox(columns, rows);
    await enter(screen, 'break component kube-scheduler', 'kubectl run web --image=nginx');
    await expect.poll(() => screen.text(), {timeout: 15_000}).toContain('■ break 1');
    expect(screen.rows().at(-1)).toMatch(/stopped at break 1 \(component kube-scheduler\): kube-sched/);
  });

  test('both timelines are shown, and Esc leads back', async () => {
    const screen = await sandbox(columns, rows);
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
    const screen = await sandbox(columns, rows);
    await enter(screen, 'pause', 'kubectl create configmap one');
    await screen.press('A-s', 'Left', 'Left');
    expect(screen.text()).toContain('◂ past');
    expect(screen.rows().at(-1)).toMatch(/← stands for: back {2}the past, step \d+ of \d+/);
    await screen.press('Escape');
    expect(screen.text()).not.toContain('◂ past');
  });

  test('a long sleep says how long still, and how to hurry it', async () => {
    const screen = await sandbox(columns, rows);
    await enter(screen, 'sleep 1m');
    expect(screen.text()).toMatch(/waits at 2x {2}> faster {2}F skips to its end {2}\^C ends it {2}until 1:\d\d/);
    await screen.press('F');
    await expect.poll(() => screen.text(), {timeout: 15_000}).not.toMatch(/waits|skipping/);
  });
});

test('F pressed when the wait has just ended is no text at the prompt', async () => {
  const screen = await sandbox(80, 24);
  await screen.press('F');
  expect(screen.rows().at(-1)).toContain('nothing is being waited for');
  await enter(screen, 'sleep 1s');
  await screen.press('F', 'F', 'F');
  await expect.poll(() => screen.text(), {timeout: 15_000}).not.toMatch(/waits|skipping/);
  await screen.press('F');
  expect(screen.text()).toMatch(/\$ (?!F)/);
  expect(screen.text()).not.toContain('$ F');
});

test('a line typed while a command runs waits at the prompt and runs afterwards', async () => {
  const session = fakeSession({busy: true});
  const screen = await mount(session, 80, 24, theme);
  ends.push(screen.close);
  await screen.press('k', ' ', 'g', 'e', 't', 'Enter');
  expect(session.actions).toEqual([]);
  expect(screen.text()).toContain('$ k get');
  expect(screen.text()).toContain('your line waits here');
  session.change({busy: false});
  await screen.press('Enter');
  expect(session.actions).toEqual([{type: 'command', line: 'k get'}]);
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

test('lines typed ahead of a sleep wait at the prompt, one behind the other', async () => {
  const screen = await sandbox(80, 24);
  await screen.press('sleep 1s\rkubectl get nodes\rkubectl get pods\r');
  expect(screen.text()).toContain('$ kubectl get nodes');
  expect(screen.text()).toContain('your line waits here');
  await expect
    .poll(
      async () => {
        await screen.press('Enter');
        return screen.text();
      },
      {timeout: 15_000},
    )
    .toMatch(/node-1[^$]*\$ kubectl get pods/);
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
