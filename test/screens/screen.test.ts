import {afterEach, describe, expect, test} from 'vitest';
import {widthOf} from '../../src/selectors/text.ts';
import {tour} from '../../src/tui/rows/tour.ts';
import {chooseTheme} from '../../src/tui/theme.ts';
import {fakeFacts} from '../tui/fake-facts.ts';
import {type FakeSession, fakeLesson, fakeSession} from '../tui/fake-session.ts';
import {type Mounted, mount} from '../tui/terminal.ts';

const open: Mounted[] = [];
async function screenOf(
  columns: number,
  rows: number,
  session: FakeSession = fakeSession(),
  env: Record<string, string> = {},
): Promise<Mounted> {
  const screen = await mount(session, columns, rows, chooseTheme({TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env}));
  open.push(screen);
  return screen;
}

afterEach(async () => {
  for (const screen of open.splice(0)) await screen.close();
});

/** Every row has the screen's width at most, the frame is whole, and nothing was ever pushed out of the terminal. */
function expectWhole(screen: Mounted, columns: number): void {
  const rows = screen.rows();
  expect(screen.scrolled()).toBe(0);
  for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(columns);
  expect(rows[0]).toMatch(/^ podyssey/);
  expect(rows.at(-1)).not.toBe('');
}

const sizes = [
  [60, 16],
  [80, 24],
  [100, 30],
  [120, 36],
  [160, 45],
  [200, 60],
] as const;

describe('a lesson', () => {
  test.each(sizes)('says what to do at %i x %i', async (columns, rows) => {
    const screen = await screenOf(columns, rows);
    expectWhole(screen, columns);
    expect(screen.text()).toContain('▸ Step 2/2 Goal: Pod myapp-pod is Running');
    expect(screen.text()).toContain('$ kubectl create -f myapp-pod.yaml   → accepts');
    expect(screen.alternate()).toBe(true);
  });

  test('is shown beside its panels where there is room', async () => {
    const screen = await screenOf(160, 45);
    for (const title of ['Lesson 1.1', '1 Pipeline', '3 Store', '5 Scheduler', '6 Kubelet', '7 Containers', '9 Events', 'Terminal']) {
      expect(screen.text()).toContain(`─ ${title.startsWith('Terminal') ? '▸ ' : ''}${title} ─`);
    }
    expect(screen.text()).toContain('default/web → node-2');
  });

  test('walks its panels with Tab at 80x24', async () => {
    const screen = await screenOf(80, 24);
    expect(screen.text()).toContain('─ Lesson 1.1 ─');
    await screen.press('Tab', 'Tab');
    expect(screen.text()).toContain('─ 1 ▸ Pipeline ─');
    await screen.press('3');
    expect(screen.text()).toContain('pods/default/web  kube-scheduler');
    await screen.press('Escape');
    expect(screen.text()).toContain('▸ Terminal');
    expectWhole(screen, 80);
  });

  test('below 60x16 says what it needs', async () => {
    const screen = await screenOf(59, 15);
    expect(screen.text()).toContain('podyssey needs 60 x 16,\nthis terminal has 59 x 15.');
  });
});

describe('a question', () => {
  test.each(sizes)('is whole at %i x %i', async (columns, rows) => {
    const options = ['201', '400', '422', '500'];
    const ask = 'Which code will the API server answer to the mended file, all in all?';
    const session = fakeSession({prediction: {id: 'create', ask, options, chosen: undefined, truth: undefined, verdict: ''}});
    const screen = await screenOf(columns, rows, session);
    expect(screen.text()).toContain('Predict: Which code');
    for (const [index, option] of options.entries()) expect(screen.text()).toContain(` ${index + 1} ${option} `);
    expectWhole(screen, columns);
  });
});

describe('the prompt', () => {
  test('has the cursor, takes letters, runs lines', async () => {
    const session = fakeSession();
    const screen = await screenOf(120, 36, session);
    await screen.press('k get po');
    const row = screen.rows()[screen.cursor().y]!;
    expect(row.slice(0, screen.cursor().x)).toMatch(/\$ k get po$/);
    await screen.press('ds', 'Enter');
    expect(session.actions).toEqual([{type: 'command', line: 'k get pods'}]);
    expect(screen.text()).toContain('ran k get pods');
  });

  test('completes, and accepts the grey suggestion', async () => {
    const session = fakeSession();
    const screen = await screenOf(120, 36, session);
    await screen.press('Right', 'Enter');
    expect(session.actions).toEqual([{type: 'command', line: 'kubectl create -f myapp-pod.yaml'}]);
    await screen.press('k get p', 'Tab', 'Tab');
    expect(screen.text()).toContain('$ k get pods');
    expect(screen.text()).toMatch(/▸ pods\s+core\/v1/);
    expect(screen.inverse('pods          core')).toBe(true);
  });

  test('keeps a line longer than its box in sight', async () => {
    const screen = await screenOf(80, 24);
    await screen.press(`kubectl create ${'x'.repeat(150)} 世界end`);
    expect(screen.text()).toContain('世界end');
    expectWhole(screen, 80);
  });

  test('takes a paste line by line', async () => {
    const session = fakeSession();
    const screen = await screenOf(120, 36, session);
    await screen.paste('kubectl get pods\r\nkubectl get nodes\r\n');
    expect(screen.text()).toContain('2 lines pasted');
    await screen.press('Enter', 'Enter');
    expect(session.actions.map(action => action.type === 'command' && action.line)).toEqual(['kubectl get pods', 'kubectl get nodes']);
  });

  test('while empty, obeys the keys of time; while not, takes them as letters', async () => {
    const session = fakeSession();
    const screen = await screenOf(120, 36, session);
    await screen.press(' ', '.', ',', '<', ']');
    expect(session.actions).toEqual([
      {type: 'toggle'},
      {type: 'step', by: 1, unit: 'event'},
      {type: 'step', by: -1, unit: 'event'},
      {type: 'speed', by: -1},
      {type: 'step', by: 1, unit: 'stage'},
    ]);
    await screen.press('a', '.', '<', ' ');
    expect(screen.text()).toContain('$ a.<');
    expect(session.actions).toHaveLength(5);
  });
});

describe('what commands printed', () => {
  const lines = (word: string, count: number): string => Array.from({length: count}, (_, i) => `${word} ${i + 1}\n`).join('');
  const printed = [
    {id: 1, line: 'kubectl get first', output: lines('first', 30), failed: false},
    {id: 2, line: 'kubectl get second', output: lines('second', 30), failed: false},
  ];

  test('scrolls up to its first row and down again, and the frame says what is above', async () => {
    const screen = await screenOf(80, 24, fakeSession({transcript: printed}));
    expect(screen.text()).toContain('second 30');
    expect(screen.text()).toMatch(/\d+ more above: Alt\+↑ ──╯/);
    await screen.press('A-Up');
    expect(screen.text()).not.toContain('second 30');
    await screen.press(...Array.from({length: 60}, () => 'A-Up'));
    expect(screen.text()).toContain('$ kubectl get first');
    expect(screen.text()).not.toContain('more above');
    await screen.press(...Array.from({length: 60}, () => 'A-Down'));
    expect(screen.text()).toContain('second 30');
    expectWhole(screen, 80);
  });

  test('is seen from its end again when a line is run', async () => {
    const screen = await screenOf(80, 24, fakeSession({transcript: printed}));
    await screen.press('A-Up', 'k get pods', 'Enter');
    expect(screen.text()).toContain('ran k get pods');
  });
});

describe('panels', () => {
  test('mark the selected row by reversal and a sign, and open what it stands for', async () => {
    const screen = await screenOf(120, 36);
    await screen.press('A-3');
    expect(screen.text()).toMatch(/▸ ∆ +42 +2 +pods\/default\/web/);
    expect(screen.inverse('pods/default/web')).toBe(true);
    await screen.press('y');
    expect(screen.text()).toContain('yaml web');
    expect(screen.text()).toContain('y stands for: kubectl get pods web -n default -o yaml');
    await screen.press('Escape');
    expect(screen.text()).not.toContain('apiVersion: v1');
  });

  test('are filtered with /', async () => {
    const screen = await screenOf(160, 45);
    await screen.press('A-9', '/', 'warn', 'Backspace', 'Backspace', 'Backspace', 'Backspace', 'big', 'Enter');
    expect(screen.text()).toContain('/big');
    expect(screen.text()).not.toContain('Successfully');
  });

  test('are filtered by what comes at once too, its Enter and the keys behind it included', async () => {
    const screen = await screenOf(160, 45);
    await screen.press('A-9', '/', 'big\r:');
    expect(screen.text()).toContain('/big');
    expect(screen.text()).toContain('▸ Terminal');
  });

  test('are zoomed and back', async () => {
    const screen = await screenOf(160, 45);
    await screen.press('A-5', 'z');
    expect(screen.text()).not.toContain('Store');
    expect(screen.text()).toContain('total');
    await screen.press('z');
    expect(screen.text()).toContain('Store');
  });

  test('say what a key does that does nothing', async () => {
    const screen = await screenOf(120, 36);
    await screen.press('A-3', 'x');
    expect(screen.text()).toContain('x does nothing here; : returns to the prompt');
  });
});

describe('the rest', () => {
  test('help is made from the keymap and closes again', async () => {
    const screen = await screenOf(160, 60);
    await screen.press('?');
    expect(screen.text()).toContain('At an empty prompt, and in a panel');
    expect(screen.text()).toContain('let time flow, or stop it');
    await screen.press('q');
    expect(screen.text()).toContain('Store');
  });

  test('the course map says what a chapter is skipped with, in a small terminal too', async () => {
    const session = fakeSession({place: 'map', lesson: undefined});
    const screen = await screenOf(80, 24, session);
    expect(screen.text()).toContain('t skips chapter 1:');
    await screen.press('t');
    expect(screen.rows().at(-1)).toContain('t again: 1.1 and 1.2 without hints, predicted rightly, skip chapter 1.');
    await screen.press('t');
    expect(session.actions).toEqual([{type: 'testOut', chapter: 1}]);
  });

  test('whoever leaves a lesson for the map finds it chosen there', async () => {
    const fake = fakeSession({lesson: {...fakeLesson, id: 'desired'}});
    const dispatch: FakeSession['dispatch'] = action => (action.type === 'map' ? fake.change({place: 'map'}) : fake.dispatch(action));
    const screen = await screenOf(100, 30, {...fake, dispatch});
    await screen.press('Tab', 'm');
    expect(screen.text()).toMatch(/^▸ +· 1\.2 /m);
  });

  test('the course map is walked and opens a lesson', async () => {
    const session = fakeSession({place: 'map', lesson: undefined});
    const screen = await screenOf(100, 30, session);
    expect(screen.text()).toContain('1  Birth certificate');
    expect(screen.text()).toContain('← go on');
    await screen.press('Down', 'Enter');
    expect(screen.text()).toContain('It builds on: First breath.');
    await screen.press('Up', 'Enter');
    expect(session.actions).toEqual([{type: 'open', lesson: 'first-breath'}]);
    expectWhole(screen, 100);
  });

  test('a prediction is a form at the prompt', async () => {
    const prediction = {
      id: 'p',
      ask: 'Which code will the answer have?',
      options: ['201', '401', '403'],
      chosen: undefined,
      truth: undefined,
      verdict: '',
    };
    const session = fakeSession({prediction});
    const screen = await screenOf(80, 24, session);
    expect(screen.text()).toContain('Predict: Which code will the answer have?');
    await screen.press('Down', 'Down', 'Enter');
    expect(session.actions).toEqual([{type: 'predict', option: 2}]);
    session.change({prediction: {...prediction, chosen: 2, truth: 0, verdict: 'RBAC allowed it.'}});
    await screen.settled();
    expect(screen.text()).toContain('✗ You predicted: 403. It was: 201');
  });

  test('the past is said to be the past', async () => {
    const session = fakeSession();
    session.change({time: {...session.getSnapshot().time, past: true, paused: true, step: 4}});
    const screen = await screenOf(120, 36, session);
    expect(screen.text()).toContain('◂ past');
    expect(screen.text()).toContain('PAST: = returns');
    await screen.press('=');
    expect(session.actions).toEqual([{type: 'present'}]);
  });

  test('^C clears the line, then asks, then leaves and restores the terminal', async () => {
    const screen = await mount(fakeSession(), 80, 24);
    await screen.press('abc', 'C-c');
    expect(screen.text()).not.toContain('abc');
    await screen.press('C-c');
    expect(screen.text()).toContain('^C again quits');
    await screen.press('C-c');
    expect(screen.alternate()).toBe(false);
  });

  test('keys wait for the answer to what was asked, in their order; ^C does not', async () => {
    const session = fakeSession();
    let awaits = false;
    const screen = await mount({...session, awaits: () => awaits}, 120, 36);
    await screen.press('a');
    awaits = true;
    await screen.press('b', 'Enter');
    expect(screen.text()).toContain('$ a');
    expect(screen.text()).not.toContain('$ ab');
    awaits = false;
    session.change({});
    await screen.settled();
    expect(session.actions).toEqual([{type: 'command', line: 'ab'}]);
    awaits = true;
    await screen.press('C-c');
    expect(screen.text()).toContain('Still computing. ^C again quits');
    await screen.press('C-c');
    expect(screen.alternate()).toBe(false);
  });
});

describe('terminals', () => {
  test('are followed when they change their size, while the cluster runs', async () => {
    const session = fakeSession();
    const screen = await screenOf(100, 30, session);
    for (const [columns, rows] of [...sizes.toReversed(), [119, 19], [60, 45], [160, 20], [80, 24]] as const) {
      await screen.resize(columns, rows);
      session.facts({revision: session.getSnapshot().facts.revision + 1});
      await screen.settled();
      // What is on the screen is what a fresh start at this size draws: nothing is left over, nothing is missing.
      const fresh = await mount(session, columns, rows);
      expect(screen.text()).toBe(fresh.text());
      await fresh.close();
      expectWhole(screen, columns);
    }
  });

  test('without colour get none, and lose nothing', async () => {
    const colored = await screenOf(120, 36);
    const plain = await screenOf(120, 36, fakeSession(), {NO_COLOR: '1'});
    expect(colored.colored()).toBe(true);
    expect(plain.colored()).toBe(false);
    expect(plain.text()).toBe(colored.text());
  });

  test('without Unicode get ASCII', async () => {
    const screen = await screenOf(160, 45, fakeSession({transcript: [{id: 1, line: 'k get po 世界', output: 'ok\n', failed: false}]}), {
      LANG: 'C',
    });
    expect(screen.text()).toMatch(/^[\x20-\x7e\n]*$/);
    expect(screen.text()).toContain('$ k get po ????');
    expectWhole(screen, 160);
  });

  const hostile = [
    'x'.repeat(200),
    '世界'.repeat(40),
    'e\u0301'.repeat(60),
    '\u001b[2J\u001b[31mboo\u001b]0;owned\u0007',
    '👩‍👩‍👧‍👦🇪🇺‮evil',
    'a\nb\rc\td',
  ];
  test.each(hostile)('draw any name inert: %j', async name => {
    for (const [columns, rows] of [
      [80, 24],
      [160, 45],
    ] as const) {
      const session = fakeSession({
        facts: fakeFacts(name),
        transcript: [{id: 1, line: name, output: `${name}\n${name}`, failed: true}],
      });
      const screen = await screenOf(columns, rows, session);
      for (const digit of columns > 100 ? '2890' : '1234567890') {
        await screen.press(`A-${digit}`);
        expectWhole(screen, columns);
        expect(screen.written()).not.toContain('\u001b]0;');
        expect(screen.written()).not.toContain('\u001b[2J\u001b[31m');
      }
      await screen.press('Escape', 'z');
      expectWhole(screen, columns);
    }
  });

  test('get no frame while nothing changes', async () => {
    const screen = await screenOf(160, 45);
    const before = screen.written().length;
    await screen.settled();
    await screen.settled();
    expect(screen.written().length).toBe(before);
  });
});

test('keys pressed in quick succession act one by one, as if pressed slowly', async () => {
  const session = fakeSession();
  const screen = await screenOf(120, 36, session);
  await screen.press('>>,kubectl get pods\r');
  expect(session.actions).toEqual([
    {type: 'speed', by: 1},
    {type: 'speed', by: 1},
    {type: 'step', by: -1, unit: 'event'},
    {type: 'command', line: 'kubectl get pods'},
  ]);
  await screen.press('gone\u0015kubectl get nodes\r');
  expect(session.actions.at(-1)).toEqual({type: 'command', line: 'kubectl get nodes'});
});

test('the tour gives way to who types a command; it fits its box and takes less than a minute to read', async () => {
  const session = fakeSession({place: 'map', lesson: undefined});
  const words = tour.flatMap(card => `${card.title} ${card.text}`.split(/\s+/)).length;
  // Silent reading goes at about 240 words a minute.
  expect(words).toBeLessThanOrEqual(240);
  const screen = await screenOf(80, 24, session);
  await screen.press('T');
  for (const card of tour) {
    expect(screen.text()).toContain(card.title);
    expect(screen.text().replace(/[│\s]+/g, ' ')).toContain(card.text.split(/\s+/).slice(-3).join(' '));
    await screen.press('Enter');
  }
  expect(screen.text()).not.toContain('Tour');
  session.change({place: 'lesson', lesson: fakeLesson});
  await screen.press('Tab', 'Tab', 'T');
  expect(screen.text()).toContain('Tour 1 of');
  await screen.press('k get pods', 'Enter');
  expect(screen.text()).not.toContain('Tour');
  expect(session.actions.at(-1)).toEqual({type: 'command', line: 'k get pods'});
});
