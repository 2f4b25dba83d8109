/** The editor's state: a buffer, what is wrong with its text, and where it is scrolled to. */
import {bufferOf, type TextBuffer, textOf} from './text-buffer.ts';
import type {UiState} from './ui-state.ts';
import type {EditView, ManifestFault, View} from './view.ts';

export interface EditorState {
  /** What the session wants edited; another one begins a new editor. */
  readonly of: EditView;
  readonly buffer: TextBuffer;
  readonly faults: readonly ManifestFault[];
  /** Index of the first line shown. */
  readonly top: number;
  /** It was asked whether the changes may be lost. */
  readonly leaving: boolean;
}

/** Rows below the text that tell what is wrong. */
export const faultRows = 4;

/** The editor of what the session wants edited; undefined where it wants nothing. */
export function editorOf(view: View, ui: UiState): EditorState | undefined {
  const {editing} = view;
  if (!editing) return undefined;
  if (ui.editor?.of === editing) return ui.editor;
  return {of: editing, buffer: bufferOf(editing.text), faults: editing.faults, top: 0, leaving: false};
}

/** Something differs from the text as it was opened. */
export const isChanged = ({buffer, of}: EditorState): boolean => textOf(buffer) !== textOf(bufferOf(of.text));

/** The first line to show so that the cursor is in sight, `height` lines being shown. */
export function scrolledTo(top: number, row: number, height: number): number {
  return Math.max(0, Math.min(row, Math.max(top, row - height + 1)));
}

/** The fault to tell of: that of the cursor's line, else the first. */
export function faultToldOf({faults, buffer}: EditorState): ManifestFault | undefined {
  return faults.find(fault => fault.line === buffer.cursor.row + 1) ?? faults[0];
}

/** The first fault behind the cursor; from the last one on to the first. */
export function faultAfter({faults, buffer: {cursor}}: EditorState): ManifestFault | undefined {
  const behind = (fault: ManifestFault): boolean =>
    fault.line > cursor.row + 1 || (fault.line === cursor.row + 1 && fault.column > cursor.column + 1);
  return faults.find(behind) ?? faults[0];
}
