/** The screen as it is shipped. */
import {render} from 'ink';
import {App} from '../../../src/tui/App.tsx';
import {createFrames} from '../../../src/tui/frames.ts';
import {createScreen} from '../../../src/tui/screen.ts';
import {chooseTheme} from '../../../src/tui/theme.ts';
import {fakeSession} from '../../tui/fake-session.ts';
import {drive, size} from './drive.ts';

const session = fakeSession();
const screen = createScreen(session, {redraw() {}, suspend() {}, edit: async text => text, exit() {}}, size);
const frames = createFrames(screen, chooseTheme({TERM: 'xterm-256color', LANG: 'C.UTF-8'}));

await drive(
  options => render(<App screen={screen} frames={frames} />, options),
  count => session.change({time: {...session.getSnapshot().time, now: count * 100}}),
);
