/** The frame that stands on the screen. Ink rebuilds the whole grid for every commit, so React hears of a new frame only when a row of it has changed. */
import {drawScreen} from './draw.ts';
import type {Screen} from './screen.ts';
import {paint, type Theme} from './theme.ts';
import type {UiState} from './ui-state.ts';
import type {View} from './view.ts';

export interface PaintedFrame {
  readonly rows: readonly string[];
  readonly cursor: {readonly x: number; readonly y: number} | undefined;
}

export interface Frames {
  /** The frame for a terminal of that size: the same object as long as it looks the same, and until what has been asked is answered. */
  get(columns: number, rows: number): PaintedFrame;
  subscribe(listener: () => void): () => void;
  /** Makes the next frame a new one, however it looks. */
  forget(): void;
}

export function createFrames(screen: Screen, theme: Theme): Frames {
  const {session, ui, subscribe} = screen;
  let drawn:
    | {readonly view: View; readonly ui: UiState; readonly columns: number; readonly rows: number; readonly frame: PaintedFrame}
    | undefined;
  return {
    get(columns, rows) {
      const view = session.getSnapshot();
      const state = ui.get();
      const before = drawn && drawn.columns === columns && drawn.rows === rows ? drawn : undefined;
      const held = (): boolean => session.awaits() && !state.leaving;
      if (before && ((before.view === view && before.ui === state) || held())) return before.frame;
      const {rows: lines, cursor} = drawScreen(view, {...state, columns, rows});
      // Looking at it for the first time may have been a question too.
      if (before && held()) return before.frame;
      const next: PaintedFrame = {rows: lines.map(line => paint(line, theme)), cursor};
      drawn = {view, ui: state, columns, rows, frame: drawn && looksAlike(drawn.frame, next) ? drawn.frame : next};
      return drawn.frame;
    },
    subscribe,
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
    one.cursor?.y === other.cursor?.y
  );
}
