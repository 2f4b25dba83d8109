/** Opens the full screen on a session and gives the terminal back as it was, however it ends. */
import {render, type useApp} from 'ink';
import {App} from './App.tsx';
import {createFrames, inNextTurn} from './frames.ts';
import {createScreen} from './screen.ts';
import type {Theme} from './theme.ts';
import {projectorUi} from './ui-state.ts';
import type {Session} from './view.ts';

type InkApp = ReturnType<typeof useApp>;

export interface ScreenOptions {
  readonly theme: Theme;
  /** Draw whole frames instead of changed lines, for terminals that disagree about the width of characters. */
  readonly redrawFull?: boolean;
  /** Nobody has played here before: the tour is due. */
  readonly firstRun?: boolean;
  /** For an audience: few panels, large, and keys that go from command to command. */
  readonly projector?: boolean;
  /** To be said when the screen opens. */
  readonly remark?: string | undefined;
  /** Opens the learner's own editor on a text, the terminal being free; returns the text as it was left. */
  readonly openEditor?: (text: string, file: string) => string;
  /** Is called when a frame has been written and there is time until the next. */
  readonly rest?: () => void;
  readonly stdout?: NodeJS.WriteStream;
  readonly stdin?: NodeJS.ReadStream;
}

export interface RunningScreen {
  /** Resolves when the learner leaves; rejects with what crashed the screen. The terminal is restored by then. */
  readonly ended: Promise<void>;
  /** Resolves when the terminal has been sent all that there is to draw by now. */
  drawn(): Promise<void>;
  close(): void;
}

/** Starts drawing; returns at once. */
export function runScreen(session: Session, options: ScreenOptions): RunningScreen {
  let app: InkApp | undefined;
  const lend = async (use: () => void | Promise<void>): Promise<void> => {
    if (app) await app.suspendTerminal(use);
    else await use();
  };
  const screen = createScreen(
    session,
    {
      redraw() {
        instance.clear();
        frames.forget();
        screen.ui.set({...screen.ui.get()});
      },
      suspend: () => void lend(stopped),
      async edit(text, file) {
        let left = text;
        await lend(() => {
          left = options.openEditor?.(text, file) ?? text;
        });
        return left;
      },
      exit: () => app?.exit(),
    },
    {
      ...(options.projector && projectorUi),
      tourDue: options.firstRun === true,
      ...(options.remark && {notice: {tone: 'warn', text: options.remark}}),
    },
  );
  const frames = createFrames(screen, options.theme);
  const instance = render(
    <App
      screen={screen}
      frames={frames}
      spare={process.platform === 'win32' ? 1 : 0}
      onReady={ready => {
        app = ready;
      }}
    />,
    {
      ...(options.stdout && {stdout: options.stdout}),
      ...(options.stdin && {stdin: options.stdin}),
      ...(options.rest && {onRender: () => inNextTurn(options.rest!)}),
      alternateScreen: true,
      incrementalRendering: options.redrawFull !== true,
      interactive: true,
      maxFps: 60,
      exitOnCtrlC: false,
      // A screen on a stream of its own cannot be disturbed by the console.
      patchConsole: options.stdout === undefined,
    },
  );
  // What goes wrong outside of a key (in the ticker) ends the screen too, with the terminal restored before it is told.
  const fail = (error: unknown): void => app?.exit(error instanceof Error ? error : new Error(String(error)));
  process.on('uncaughtException', fail);
  const ended = instance
    .waitUntilExit()
    .then(() => undefined)
    .finally(() => process.off('uncaughtException', fail));
  return {ended, drawn: () => instance.waitUntilRenderFlush(), close: () => instance.unmount()};
}

/** Stops this process as ^Z does in a shell; resolves when `fg` lets it go on. Windows has no such thing. */
function stopped(): Promise<void> {
  if (process.platform === 'win32') return Promise.resolve();
  return new Promise(resolve => {
    process.once('SIGCONT', () => resolve());
    process.kill(process.pid, 'SIGTSTP');
  });
}
