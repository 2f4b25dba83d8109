/**
 * The frame that stands on the screen. Ink rebuilds the whole grid for every commit, so React hears of a new frame only when a row of it has changed. What the session tells is
 * heard of, drawn and handed to React in three turns of the event loop: a key that is pressed meanwhile comes between them. What a key itself changes is drawn at once.
 */
import {drawScreen} from './draw.ts';
import type {Screen} from './screen.ts';
import {paint, type Theme} from './theme.ts';
import type {UiState} from './ui-state.ts';
import type {View} from './view.ts';

export interface PaintedFrame {
  readonly rows: readonly string[];
  readonly cursor: {readonly x: number; readonly y: number} | undefined;
  /** The solved lesson whose last word it shows, by its id. */
  readonly lastWord?: string | undefined;
}

export interface Frames {
  /** The frame for a terminal of that size: the same object as long as it looks the same, and until what has been asked is answered. */
  get(columns: number, rows: number): PaintedFrame;
  subscribe(listener: () => void): () => void;
  /** Makes the next frame a new one, however it looks. */
  forget(): void;
}

/** Timers may follow each other without a key being read between them, and an immediate may still belong to the turn in which it was asked for. */
export const inNextTurn = (work: () => void): void => void setImmediate(setImmediate, work);

/** `inTurn` does something in a later turn of the event loop. */
export function createFrames(screen: Screen, theme: Theme, inTurn = inNextTurn): Frames {
  const {session, ui} = screen;
  let drawn:
    | {readonly view: View; readonly ui: UiState; readonly columns: number; readonly rows: number; readonly frame: PaintedFrame}
    | undefined;
  const get = (columns: number, rows: number): PaintedFrame => {
    const view = session.getSnapshot();
    const state = ui.get();
    const before = drawn && drawn.columns === columns && drawn.rows === rows ? drawn : undefined;
    const held = (): boolean => session.awaits() && !state.leaving;
    if (before && ((before.view === view && before.ui === state) || held())) return before.frame;
    const {rows: lines, cursor} = drawScreen(view, {...state, columns, rows});
    // Looking at it for the first time may have been a question too.
    if (before && held()) return before.frame;
    const lastWord = view.lesson?.solved ? view.lesson.id : undefined;
    const next: PaintedFrame = {rows: lines.map(line => paint(line, theme)), cursor, lastWord};
    drawn = {view, ui: state, columns, rows, frame: drawn && looksAlike(drawn.frame, next) ? drawn.frame : next};
    return drawn.frame;
  };
  return {
    get,
    subscribe(listener) {
      let stage: 'idle' | 'told' | 'drawn' = 'idle';
      let ended = false;
      const next = () => {
        if (ended) return;
        if (stage === 'told') {
          if (drawn) get(drawn.columns, drawn.rows);
          stage = 'drawn';
          inTurn(next);
        } else {
          stage = 'idle';
          listener();
        }
      };
      const end = screen.subscribe(what => {
        if (what === 'ui') return listener();
        if (stage === 'idle') inTurn(next);
        stage = 'told';
      });
      return () => {
        ended = true;
        end();
      };
    },
    forget() {
      drawn = undefined;
    },
  };
}

function looksAlike(one: PaintedFrame, other: PaintedFrame): boolean {
  return (
    one.rows.length === other.rows.length &&
    one.rows.every((row, index) => row === other.rows[index]) &&
    one.cursor?.x === other.cursor?.x &&
    one.cursor?.y === other.cursor?.y &&
    one.lastWord === other.lastWord
  );
}
