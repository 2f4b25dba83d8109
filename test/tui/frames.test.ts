import {expect, test} from 'vitest';
import {createFrames} from '../../src/tui/frames.ts';
import {createScreen} from '../../src/tui/screen.ts';
import {chooseTheme} from '../../src/tui/theme.ts';
import {fakeSession} from './fake-session.ts';
import {mount} from './terminal.ts';

const size = {columns: 100, rows: 30};

/** A screen, its frames, and what waits for a later turn of the event loop. */
function opened() {
  const session = fakeSession();
  const screen = createScreen(session, {redraw() {}, suspend() {}, edit: async text => text, exit() {}}, size);
  const turns: (() => void)[] = [];
  const frames = createFrames(screen, chooseTheme({LANG: 'C.UTF-8'}), work => void turns.push(work));
  const text = (): string => frames.get(size.columns, size.rows).rows.join('\n');
  const handed: string[] = [];
  text();
  const end = frames.subscribe(() => handed.push(text()));
  return {session, screen, turns, handed, end};
}

test('what the session tells is drawn in a turn of its own, and handed on in another', () => {
  const {session, turns, handed} = opened();
  session.facts({revision: 4711});
  session.facts({revision: 4712});
  expect(handed).toEqual([]);
  expect(turns).toHaveLength(1);
  turns.shift()!();
  expect(handed).toEqual([]);
  turns.shift()!();
  expect(handed).toEqual([expect.stringContaining('4712')]);
  expect(turns).toEqual([]);
});

test('a key that comes between two turns is seen at once, and nothing that was told after it is lost', () => {
  const {session, screen, turns, handed} = opened();
  session.facts({revision: 4711});
  turns.shift()!();
  screen.key(undefined, 'kubectl');
  expect(handed).toEqual([expect.stringContaining('kubectl')]);
  session.facts({revision: 4712});
  while (turns.length > 0) turns.shift()!();
  expect(handed.at(-1)).toContain('4712');
});

test('who has gone is told nothing', () => {
  const {session, turns, handed, end} = opened();
  session.facts({revision: 4711});
  end();
  while (turns.length > 0) turns.shift()!();
  expect(handed).toEqual([]);
});

test('when a frame has been written there is time for what need not be done within one; not where nothing was', async () => {
  const session = fakeSession();
  const screen = await mount(session, size.columns, size.rows);
  const before = screen.rests();
  expect(before).toBeGreaterThan(0);
  session.facts({revision: 4711});
  await screen.settled();
  const after = screen.rests();
  expect(after).toBeGreaterThan(before);
  await screen.settled();
  expect(screen.rests()).toBe(after);
  await screen.close();
});
