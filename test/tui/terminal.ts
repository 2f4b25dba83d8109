import {PassThrough, Writable} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import xterm from '@xterm/headless';
import {expect} from 'vitest';
import type {ManualClock} from '../../src/plain/clock.ts';
import {runScreen} from '../../src/tui/run.tsx';
import {chooseTheme, type Theme} from '../../src/tui/theme.ts';
import type {Session} from '../../src/tui/view.ts';

/** Standard output as Ink sees it, with a real terminal emulator behind it. */
class Screen extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  readonly terminal: xterm.Terminal;
  /** Everything written so far. */
  written = '';
  constructor(columns: number, rows: number) {
    super({decodeStrings: false});
    this.columns = columns;
    this.rows = rows;
    this.terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 100, convertEol: true});
  }
  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written += chunk.toString();
    this.terminal.write(chunk.toString(), done);
  }
}

class Keyboard extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

const sequences: Readonly<Record<string, string>> = {
  Enter: '\r',
  Tab: '\t',
  Escape: '\u001b',
  Up: '\u001b[A',
  Down: '\u001b[B',
  Right: '\u001b[C',
  Left: '\u001b[D',
  Backspace: '\u007f',
  PageDown: '\u001b[6~',
  PageUp: '\u001b[5~',
  'S-Tab': '\u001b[Z',
};

/** Longer than Ink waits for what may follow an Escape; its timer was set before, so it is over by then on the slowest machine. */
const AFTER_ESCAPE_MS = 25;
/** What is answered in another thread may be drawn a little later, again and again. */
const ROUNDS_AT_MOST = 10;
/** Less than any stage of a request stands on the screen. */
const LOOK_EVERY_MS = 40;
const PATIENCE_MS = 120_000;

/** By then what has been written to a stream in this turn has been read. */
const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

export interface Mounted {
  /** The screen's rows as a person reads them, without trailing blanks. */
  rows(): string[];
  text(): string;
  /** Presses keys: names such as Enter, Tab, `C-l`, `A-1`; anything else is typed. */
  press(...keys: string[]): Promise<void>;
  paste(text: string): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** Resolves when the terminal shows what there is to be seen by now. */
  settled(): Promise<void>;
  /** Lets time pass until the screen says something, or does no more. Throws with the screen when it never comes to that. */
  shows(what: string | RegExp, clock: ManualClock): Promise<void>;
  hides(what: string | RegExp, clock: ManualClock): Promise<void>;
  cursor(): {x: number; y: number};
  /** True when a cell of the row at `y` that shows `text` is drawn inverse. */
  inverse(text: string): boolean;
  colored(): boolean;
  alternate(): boolean;
  written(): string;
  /** How often it was said that there is time until the next frame. */
  rests(): number;
  /** Lines pushed out at the top: none, ever. */
  scrolled(): number;
  close(): Promise<void>;
}

/** Opens the screen on a terminal of the given size inside this process. */
export async function mount(
  session: Session,
  columns: number,
  rows: number,
  theme: Theme = chooseTheme({TERM: 'xterm-256color', LANG: 'C.UTF-8'}),
  openEditor?: (text: string) => string,
): Promise<Mounted> {
  const stdout = new Screen(columns, rows);
  const stdin = new Keyboard();
  let rests = 0;
  const running = runScreen(session, {
    theme,
    rest: () => {
      rests++;
    },
    ...(openEditor && {openEditor}),
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
  });
  const settled = async (): Promise<void> => {
    for (let round = 0, before = -1; stdout.written.length !== before && round < ROUNDS_AT_MOST; round += 1) {
      before = stdout.written.length;
      // What is told is drawn in one later turn, and shown in another.
      await pause(1);
      await pause(1);
      await running.drawn();
    }
    await new Promise<void>(resolve => stdout.terminal.write('', resolve));
  };
  const line = (y: number): string =>
    stdout.terminal.buffer.active.getLine(stdout.terminal.buffer.active.viewportY + y)?.translateToString(true, 0, stdout.columns) ?? '';
  const lines = (): string[] => Array.from({length: stdout.rows}, (_, y) => line(y).trimEnd());
  const text = (): string => lines().join('\n');
  const says = (what: string | RegExp): boolean => (typeof what === 'string' ? text().includes(what) : what.test(text()));
  const passUntil = async (clock: ManualClock, done: () => boolean): Promise<void> => {
    await settled();
    for (let ms = 0; !done() && ms < PATIENCE_MS; ms += LOOK_EVERY_MS) {
      clock.turn(LOOK_EVERY_MS);
      await settled();
    }
  };
  await settled();
  return {
    rows: lines,
    text,
    rests: () => rests,
    async shows(what, clock) {
      await passUntil(clock, () => says(what));
      expect(text()).toMatch(what);
    },
    async hides(what, clock) {
      await passUntil(clock, () => !says(what));
      expect(text()).not.toMatch(what);
    },
    async press(...keys) {
      for (const key of keys) {
        const special =
          key.startsWith('C-') && key.length === 3
            ? String.fromCharCode(key.charCodeAt(2) & 31)
            : key.startsWith('A-')
              ? `\u001b${sequences[key.slice(2)] ?? key.slice(2)}`
              : sequences[key];
        stdin.write(special ?? key);
        await nextTurn();
        if (key === 'Escape') await pause(AFTER_ESCAPE_MS);
      }
      await settled();
    },
    async paste(text) {
      stdin.write(`\u001b[200~${text}\u001b[201~`);
      await settled();
    },
    async resize(nextColumns, nextRows) {
      stdout.columns = nextColumns;
      stdout.rows = nextRows;
      stdout.terminal.resize(nextColumns, nextRows);
      stdout.emit('resize');
      await settled();
    },
    settled,
    cursor: () => ({x: stdout.terminal.buffer.active.cursorX, y: stdout.terminal.buffer.active.cursorY}),
    inverse(text) {
      const buffer = stdout.terminal.buffer.active;
      for (let y = 0; y < stdout.rows; y += 1) {
        const x = line(y).indexOf(text);
        if (
          x >= 0 &&
          buffer
            .getLine(buffer.viewportY + y)
            ?.getCell(x)
            ?.isInverse()
        )
          return true;
      }
      return false;
    },
    colored() {
      const buffer = stdout.terminal.buffer.active;
      for (let y = 0; y < stdout.rows; y += 1) {
        for (let x = 0; x < stdout.columns; x += 1) {
          const cell = buffer.getLine(buffer.viewportY + y)?.getCell(x);
          if (cell && (!cell.isFgDefault() || !cell.isBgDefault())) return true;
        }
      }
      return false;
    },
    alternate: () => stdout.terminal.buffer.active.type === 'alternate',
    written: () => stdout.written,
    scrolled: () => stdout.terminal.buffer.active.baseY,
    async close() {
      running.close();
      await running.ended;
      await settled();
    },
  };
}
