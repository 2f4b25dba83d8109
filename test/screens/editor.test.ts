import {afterEach, describe, expect, test} from 'vitest';
import {createManualClock} from '../../src/plain/clock.ts';
import {widthOf} from '../../src/selectors/text.ts';
import {realSession} from '../tui/real-session.ts';
import {type Mounted, mount} from '../tui/terminal.ts';

let open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open) await close();
  open = [];
});

const broken = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: nginx
      image: nginx
      ports:
        - containerPort: eighty
`;

/** The sandbox on a terminal, with one file; `outside` stands in for $EDITOR. */
async function sandbox(
  columns: number,
  rows: number,
  files: Record<string, string>,
  outside?: (text: string) => string,
): Promise<Mounted & {says(what: string): Promise<void>; output(): string}> {
  const clock = createManualClock();
  const {session} = realSession(clock, undefined, undefined, files);
  session.dispatch({type: 'sandbox'});
  const screen = await mount(session, columns, rows, undefined, outside);
  open.push(async () => {
    await screen.close();
    session.close();
  });
  return {...screen, says: what => screen.shows(what, clock), output: () => session.getSnapshot().transcript.at(-1)?.output ?? ''};
}

const edit = (screen: Mounted, file: string): Promise<void> => screen.press(`edit ${file}`, 'Enter');

describe('the editor', () => {
  test.each([
    [80, 24],
    [120, 36],
    [160, 45],
  ])('shows what is wrong where, mends it, saves it and creates the pod at %i x %i', async (columns, rows) => {
    const screen = await sandbox(columns, rows, {'web.yaml': broken});
    await edit(screen, 'web.yaml');
    expect(screen.text()).toContain('▸ Edit web.yaml');
    expect(screen.text()).toMatch(/10 ✗ +- containerPort: eighty/);
    expect(screen.text()).toContain('✗ 10:11');
    expect(screen.text()).toMatch(/type int32/);
    await screen.press('C-g');
    expect(screen.rows()[screen.cursor().y]).toContain('containerPort: eighty');
    await screen.press('C-e', 'C-w', '80');
    expect(screen.text()).toContain('✓ no fault');
    expect(screen.text()).toContain('changed');
    for (const row of screen.rows()) expect(widthOf(row)).toBeLessThanOrEqual(columns);
    await screen.press('C-s');
    expect(screen.output()).toBe('web.yaml: saved\n');
    await screen.press('kubectl create -f web.yaml', 'Enter');
    await screen.says('pod/web created');
    expect(screen.output()).toBe('pod/web created\n');
  });

  test('takes back with ^Z, asks before it drops changes', async () => {
    const screen = await sandbox(80, 24, {'web.yaml': broken});
    await edit(screen, 'web.yaml');
    await screen.press('#', ' ', 'x', 'C-z');
    expect(screen.text()).toMatch(/1 +# apiVersion: v1/);
    await screen.press('Escape');
    expect(screen.text()).toContain('There are changes: ^S saves them, Esc again drops them.');
    await screen.press('Down', 'Escape', 'Escape');
    expect(screen.output()).toBe('web.yaml: left as it was\n');
    await screen.press('cat web.yaml', 'Enter');
    expect(screen.output()).toBe(broken);
  });

  test('takes a paste as it is, wide characters and all; the cursor stays with its character', async () => {
    const screen = await sandbox(80, 24, {});
    await edit(screen, 'note.txt');
    await screen.paste('世界: e\u0301\nx\u001b[2J');
    await screen.press('Up', 'C-e');
    const {x, y} = screen.cursor();
    expect(screen.rows()[y]).toContain('世界: e\u0301');
    expect(x).toBe(2 + 4 + widthOf('世界: e\u0301'));
    expect(screen.scrolled()).toBe(0);
    await screen.press('C-s');
    await screen.press('cat note.txt', 'Enter');
    expect(screen.output()).toBe('世界: e\u0301\nx[2J\n');
  });

  test('scrolls with the cursor, down and to the right, and follows the size of the terminal', async () => {
    const text = Array.from({length: 100}, (_, index) => `line ${index + 1} ${'x'.repeat(index)}`).join('\n');
    const screen = await sandbox(80, 24, {'long.txt': text});
    await edit(screen, 'long.txt');
    await screen.press('A->', 'Enter', 'END');
    expect(screen.rows()[screen.cursor().y]).toContain('END');
    expect(screen.text()).toContain('line 100');
    await screen.press('Up', 'C-e');
    expect(screen.rows()[screen.cursor().y]!.slice(0, screen.cursor().x)).toMatch(/x$/);
    for (const [columns, rows] of [
      [60, 16],
      [160, 45],
      [100, 20],
    ] as const) {
      await screen.resize(columns, rows);
      expect(screen.rows()[screen.cursor().y]!.slice(0, screen.cursor().x)).toMatch(/x$/);
      expect(screen.scrolled()).toBe(0);
    }
  });

  test('goes on in $EDITOR and comes back', async () => {
    const screen = await sandbox(80, 24, {'web.yaml': broken}, text => text.replace('eighty', '80'));
    await edit(screen, 'web.yaml');
    await screen.press('C-o');
    await screen.settled();
    expect(screen.text()).toMatch(/containerPort: 80/);
    expect(screen.text()).toContain('✓ no fault');
    await screen.press('C-z');
    expect(screen.text()).toMatch(/containerPort: eighty/);
  });

  test('edits an object of the cluster; what may not change is said before it is sent', async () => {
    const screen = await sandbox(120, 36, {});
    await screen.press('kubectl run web --image=nginx', 'Enter');
    await screen.says('pod/web created');
    // A pod that has no node yet is another text, and its node may come while it is edited.
    await screen.press('kubectl wait --for=condition=PodScheduled pod/web', 'Enter');
    await screen.says('pod/web condition met');
    await screen.press('kubectl edit pod web', 'Enter');
    expect(screen.text()).toContain('Please edit the object below');
    expect(screen.text()).toContain('✓ no fault');
    for (let line = 0; line < 80 && !screen.rows()[screen.cursor().y]!.includes('nodeName:'); line += 1) await screen.press('Down');
    await screen.press('C-e', 'x');
    expect(screen.text()).toContain('Forbidden: pod updates may not change fields other than');
    await screen.press('C-z');
    expect(screen.text()).toContain('✓ no fault');
    await screen.press('C-c');
    expect(screen.output()).toContain('Edit cancelled, no changes made.');
  });
});
