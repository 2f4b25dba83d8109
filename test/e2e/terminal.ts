/** The built program in a real pseudo-terminal, and the screen a person would see. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';

export const program = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../dist/podyssey.js');

export interface OpenTerminal {
  /** The screen's rows, without trailing blanks. */
  screen(): string;
  /** True while the program shows its full-screen view. */
  alternate(): boolean;
  type(keys: string): void;
  /** Waits until the screen shows this. Throws with the screen when it does not in time. */
  shows(what: RegExp | string): Promise<void>;
  resize(columns: number, rows: number): void;
  kill(signal: string): void;
  /** Exit code, or minus the number of the signal that ended it. */
  readonly ended: Promise<number>;
}

/** What may take that long on a machine that has much else to do. */
const PATIENCE_MS = 50_000;

export function openTerminal(args: readonly string[], columns: number, rows: number, env: Record<string, string> = {}): OpenTerminal {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'podyssey-e2e-'));
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
  const {CI: _ci, NO_COLOR: _color, FORCE_COLOR: _force, ...rest} = process.env;
  const pty = spawn(process.execPath, [program, ...args], {
    name: env['TERM'] ?? 'xterm-256color',
    cols: columns,
    rows,
    env: {...rest, PODYSSEY_HOME: home, LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env} as Record<string, string>,
  });
  pty.onData(data => terminal.write(data));
  const ended = new Promise<number>(resolve =>
    pty.onExit(({exitCode, signal}) => {
      fs.rmSync(home, {recursive: true, force: true});
      setTimeout(() => terminal.write('', () => resolve(signal ? -signal : exitCode)), 50);
    }),
  );
  const screen = (): string => {
    const buffer = terminal.buffer.active;
    return Array.from({length: terminal.rows}, (_, i) => buffer.getLine(buffer.viewportY + i)?.translateToString(true) ?? '').join('\n');
  };
  return {
    screen,
    alternate: () => terminal.buffer.active.type === 'alternate',
    type: keys => pty.write(keys),
    async shows(what) {
      const found = (): boolean => (typeof what === 'string' ? screen().includes(what) : what.test(screen()));
      for (const start = performance.now(); !found(); ) {
        if (performance.now() - start > PATIENCE_MS) throw new Error(`the screen does not show ${what}:\n${screen()}`);
        await new Promise(resolve => setTimeout(resolve, 25));
      }
    },
    resize(c, r) {
      terminal.resize(c, r);
      pty.resize(c, r);
    },
    kill: signal => pty.kill(signal),
    ended,
  };
}
