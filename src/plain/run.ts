/** Reads the learner's lines from a stream until it ends. */
import {createInterface} from 'node:readline/promises';
import {toAscii} from '../selectors/glyphs.ts';
import type {OwnSession} from '../session/session.ts';
import type {ManualClock} from './clock.ts';
import {createDialogue} from './dialogue.ts';

export interface PlainOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream & {readonly columns?: number};
  /** Ask with a `$ ` where a person types. */
  readonly prompt: boolean;
  /** Only ASCII characters. */
  readonly ascii?: boolean;
  /** The learner's own editor, where a person sits at a terminal. */
  readonly openEditor?: ((text: string, file: string) => string) | undefined;
  /** Receives what ends the dialogue from outside. */
  readonly onQuit?: (stop: () => void) => void;
}

/** Where the output has no width of its own. */
const defaultWidth = 100;

/** Runs the dialogue; resolves when the input ends or `quit` is typed. */
export async function runPlain(
  session: OwnSession,
  clock: ManualClock,
  {input, output, prompt, ascii, openEditor, onQuit}: PlainOptions,
): Promise<void> {
  const lines = createInterface({input, terminal: false});
  const print = (text: string): void => void output.write(ascii ? text.split('\n').map(toAscii).join('\n') : text);
  const dialogue = createDialogue(session, clock, {width: output.columns ?? defaultWidth, print, openEditor});
  const stop = session.subscribe(() => undefined);
  let ended = false;
  onQuit?.(() => {
    ended = true;
    lines.close();
  });
  dialogue.begin();
  if (prompt) output.write('$ ');
  for await (const line of lines) {
    dialogue.answer(line);
    if (ended) break;
    if (prompt) output.write(dialogue.goesOn() ? '> ' : '$ ');
  }
  if (!ended) dialogue.end();
  lines.close();
  stop();
}
