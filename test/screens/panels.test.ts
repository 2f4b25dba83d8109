/** Every panel of the table on a terminal, over a real cluster with objects that nobody would want to draw. */
import {afterEach, describe, expect, test} from 'vitest';
import {createManualClock, type ManualClock} from '../../src/plain/clock.ts';
import {numberOf, panels} from '../../src/selectors/panels/table.ts';
import {widthOf} from '../../src/selectors/text.ts';
import type {OwnSession} from '../../src/session/session.ts';
import {chooseTheme} from '../../src/tui/theme.ts';
import {realSession} from '../tui/real-session.ts';
import {type Mounted, mount} from '../tui/terminal.ts';

const long = `${'p'.repeat(50)}.${'o'.repeat(50)}.${'d'.repeat(50)}.${'s'.repeat(47)}`;
const nasty = '\\e[2J\\e]0;owned\\a\\e[31mred';

/** A pod with the longest name that is easy to read, wide and combined characters, and escape sequences wherever text may stand. */
const manifest = `apiVersion: v1
kind: Pod
metadata:
  name: ${long}
  annotations:
    wide: "世界世界世界"
    combined: "e\\u0301e\\u0301e\\u0301"
    escape: "${nasty}"
spec:
  containers:
    - name: web
      image: nginx
      command: ["echo", "${nasty}", "世界"]
---
apiVersion: v1
kind: Event
metadata: {name: evil, namespace: default}
involvedObject: {kind: Pod, name: ${long}, namespace: default}
reason: Evil
message: "${nasty} 世界 e\\u0301"
type: Warning
`;

const refused = `# Two faults.
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  restartPolicy: Sometimes
  containers:
    - name: web
`;

interface Stage {
  readonly session: OwnSession;
  readonly screen: Mounted;
  readonly clock: ManualClock;
}

let close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of close) await each();
  close = [];
});

async function stage(columns: number, rows: number, env: Record<string, string> = {}): Promise<Stage> {
  const clock = createManualClock();
  const {session} = realSession(clock, undefined, undefined, {'evil.yaml': manifest, 'refused.yaml': refused});
  session.dispatch({type: 'sandbox'});
  session.dispatch({type: 'command', line: 'kubectl apply -f evil.yaml'});
  session.subscribe(() => undefined);
  clock.turn(20_000);
  expect(session.getSnapshot().transcript.at(-1)).toMatchObject({failed: false});
  const screen = await mount(session, columns, rows, chooseTheme({TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env}));
  close.push(async () => {
    await screen.close();
    session.close();
  });
  return {session, screen, clock};
}

function expectWhole(screen: Mounted, columns: number, rows: number): void {
  const lines = screen.rows();
  expect(screen.scrolled()).toBe(0);
  expect(lines).toHaveLength(rows);
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
  expect(lines[0]).toMatch(/^ podyssey/);
  expect(lines.at(-1)).not.toBe('');
  // Nothing of the manifest has acted on the terminal: its escape sequences never got there.
  expect(screen.written()).not.toContain('\u001b]0;');
  expect(screen.written()).not.toContain('\u001b[2J\u001b');
}

describe.each([
  [80, 24],
  [120, 36],
  [160, 45],
] as const)('at %i x %i', (columns, rows) => {
  test.each<[string, Record<string, string>]>([
    ['in colour', {}],
    ['without colour', {NO_COLOR: '1'}],
    ['in ASCII', {LANG: 'C'}],
  ])('every panel is drawn %s, in its place and zoomed', async (_how, env) => {
    const {screen} = await stage(columns, rows, env);
    for (const panel of panels) {
      await screen.press(`A-${numberOf(panel.id)}`);
      expect(screen.text()).toContain(panel.title);
      expectWhole(screen, columns, rows);
    }
    await screen.press('C-o');
    for (const panel of panels) {
      await screen.press(`A-${numberOf(panel.id)}`);
      expect(screen.text()).toMatch(new RegExp(`${numberOf(panel.id)} .{1,3}${panel.title}`));
      expectWhole(screen, columns, rows);
    }
    expect(screen.colored()).toBe(env['NO_COLOR'] === undefined);
    if (env['LANG'] === 'C') expect(screen.text()).toMatch(/^[\x20-\x7e\n]*$/);
  });
});

test('the nasty pod is there to be seen, inert', async () => {
  const {screen} = await stage(160, 45);
  await screen.press('A-7', 'C-o');
  expect(screen.text()).toContain('p'.repeat(50));
  await screen.press('y');
  expect(screen.text()).toContain('世界世界世界');
  expect(screen.text()).toMatch(/\^\[\[2J|\\e\[2J/);
  await screen.press('Escape', 'A-9');
  expect(screen.text()).toContain('^[[2J');
});

const sizes = [
  [80, 24],
  [61, 17],
  [200, 50],
  [40, 10],
  [119, 36],
  [160, 20],
  [80, 45],
] as const;

test('every panel follows the terminal while time flows', async () => {
  const {screen, clock} = await stage(120, 36);
  for (const [index, panel] of panels.entries()) {
    await screen.press(`A-${numberOf(panel.id)}`);
    for (const [columns, rows] of [0, 1, 2].map(offset => sizes[(3 * index + offset) % sizes.length]!)) {
      clock.turn(700);
      await screen.resize(columns, rows);
      if (columns < 60) expect(screen.text()).toContain('podyssey needs 60 x 16');
      else {
        expectWhole(screen, columns, rows);
        expect(screen.text()).toContain(panel.title);
      }
    }
  }
});

test.each([
  [80, 24],
  [120, 36],
] as const)('at %i x %i a refused manifest is shown at its lines', async (columns, rows) => {
  const {screen, session, clock} = await stage(columns, rows);
  session.dispatch({type: 'command', line: 'kubectl create -f refused.yaml'});
  clock.turn(20_000);
  await screen.press('A-2', 'C-o');
  expect(screen.text()).toContain('Manifest  refused.yaml, 2 faults');
  expect(screen.text()).toMatch(
    /✗ 7 {3}restartPolicy: Sometimes.*\n.* {4}\^{13} .*\n.*spec\.restartPolicy: Unsupported value: "Sometimes"/,
  );
  expect(screen.text()).toMatch(/✗ 9 {5}- name: web.*\n.*\^{4} .*\n.*spec\.containers\[0\]\.image \(not there\): Required value/);
  expectWhole(screen, columns, rows);
});
