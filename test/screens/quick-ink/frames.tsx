/** Draws frames of every sort on standard output, each after the one before has been written. */
import {setImmediate as turn} from 'node:timers/promises';
import {render} from 'ink';
import {App} from '../../../src/tui/App.tsx';
import {createFrames} from '../../../src/tui/frames.ts';
import {createScreen} from '../../../src/tui/screen.ts';
import {chooseTheme} from '../../../src/tui/theme.ts';
import {nobodysKeyboard, nobodysScreen} from '../../nobodys-terminal.ts';
import {fakeFacts} from '../../tui/fake-facts.ts';
import {fakeSession} from '../../tui/fake-session.ts';

const size = {columns: 100, rows: 30};
let written = 0;

const session = fakeSession();
const screen = createScreen(session, {redraw() {}, suspend() {}, edit: async text => text, exit() {}}, size);
const frames = createFrames(screen, chooseTheme({TERM: 'xterm-256color', LANG: 'C.UTF-8'}), queueMicrotask);
const printed = (output: string) => ({id: 9, line: 'kubectl get pods', output, failed: false});

const changes: readonly (() => void)[] = [
  () => session.facts({revision: 4711}),
  () => session.change({facts: fakeFacts('名前の長いポッド-👩‍👩‍👧-é')}),
  () => session.change({transcript: [printed('één 日本語 👍🏽 e\u0301\n\tafter a tab\n\u001b[31mred\u001b[0m and \u0007 a bell\n')]}),
  () => screen.key(undefined, 'kubectl get 日本 pods'),
  () => screen.key('ctrl+u', ''),
  () => screen.key('tab', ''),
  () => screen.key('?', '?'),
  () => screen.key('esc', ''),
  () => session.change({place: 'map', lesson: undefined}),
  () => screen.key('down', ''),
  () => session.change({transcript: [printed(`${'x'.repeat(300)}\n`.repeat(40))], place: 'sandbox'}),
  () => session.facts({revision: 4712}),
];

const instance = render(<App screen={screen} frames={frames} />, {
  stdout: nobodysScreen(size, (chunk, done) => {
    written += chunk.length;
    process.stdout.write(chunk, () => done());
  }),
  stdin: nobodysKeyboard(),
  alternateScreen: true,
  incrementalRendering: true,
  // No frame comes of itself, so that which ones are written does not hang on the clock: each is asked for below.
  maxFps: 1e-6,
  interactive: true,
  patchConsole: false,
  exitOnCtrlC: false,
});
/** By then the change has been told, drawn and shown, and what that changed too: two never meet in one frame. */
async function shown(): Promise<void> {
  for (let before = -1; written !== before; ) {
    before = written;
    for (let left = 20; left > 0; left--) await turn();
    await instance.waitUntilRenderFlush();
  }
}

await shown();
for (const change of changes) {
  change();
  await shown();
}
instance.unmount();
process.exit(0);
