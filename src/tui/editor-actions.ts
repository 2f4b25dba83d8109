/** What the keys of the editor do. */
import type {Around} from './around.ts';
import {type EditorState, editorOf, faultAfter, faultRows, isChanged, scrolledTo} from './editor.ts';
import {border, openRect} from './shown.ts';
import {type BufferOperation, bufferOperations, insertText, moveRows, moveTo, rewritten, type TextBuffer, textOf} from './text-buffer.ts';

export interface EditorHelp extends Around {
  /** Lets the learner's own editor change a text. Rejects with a sentence for people. */
  edit(text: string, file: string): Promise<string>;
}

/** Characters that act on a terminal are not typed; line ends and tabs are. */
const typeable = (text: string): string => text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '');

/** Each action does nothing while nothing is edited. */
export function editorActions({session, ui, edit, say}: EditorHelp) {
  const current = (): EditorState | undefined => editorOf(session.getSnapshot(), ui.get());

  const height = (): number => Math.max(1, openRect(session.getSnapshot(), ui.get()).height - border.rows - faultRows);

  const change = (by: (buffer: TextBuffer) => TextBuffer): void => {
    const editor = current();
    if (!editor) return;
    const buffer = by(editor.buffer);
    ui.set({...ui.get(), editor: {...editor, buffer, top: scrolledTo(editor.top, buffer.cursor.row, height()), leaving: false}});
    if (buffer.lines !== editor.buffer.lines) check(buffer);
  };

  /** The faults of a text that has been changed again meanwhile are those of another text. */
  const check = (buffer: TextBuffer): void =>
    session.check(textOf(buffer), faults => {
      const {editor} = ui.get();
      if (editor?.buffer.lines === buffer.lines) ui.set({...ui.get(), editor: {...editor, faults}});
    });

  const close = (text: string | undefined): void => {
    ui.set({...ui.get(), editor: undefined});
    session.dispatch({type: 'edited', text});
  };

  const save = (): void => {
    const editor = current();
    if (!editor) return;
    const text = textOf(editor.buffer);
    session.check(text, ({length: count}) => {
      if (count > 0) say('warn', `Saved with ${count === 1 ? 'a fault' : `${count} faults`} in it.`);
    });
    close(text === '' || text.endsWith('\n') ? text : `${text}\n`);
  };

  const leave = (): void => {
    const editor = current();
    if (!editor) return;
    if (editor.leaving || !isChanged(editor)) return close(undefined);
    ui.set({...ui.get(), editor: {...editor, leaving: true}});
    say('warn', 'There are changes: ^S saves them, Esc again drops them.');
  };

  const outside = (): void => {
    const editor = current();
    if (!editor) return;
    edit(textOf(editor.buffer), editor.of.file).then(
      text => change(buffer => rewritten(buffer, text)),
      (error: unknown) => say('error', (error as Error).message),
    );
  };

  const nextFault = (): void => {
    const fault = current() && faultAfter(current()!);
    if (!fault) return say('ok', 'There is no fault.');
    change(buffer => moveTo(buffer, {row: fault.line - 1, column: fault.column - 1}));
  };

  const operations = Object.fromEntries(
    Object.entries(bufferOperations).map(([name, operation]) => [`edit:${name}`, () => change(operation)]),
  ) as unknown as Record<`edit:${BufferOperation}`, () => void>;

  return {
    insert: (text: string): void => change(buffer => (typeable(text) === '' ? buffer : insertText(buffer, typeable(text)))),
    actions: {
      ...operations,
      editSave: save,
      editLeave: leave,
      editOutside: outside,
      editNextFault: nextFault,
      editPageUp: () => change(buffer => moveRows(buffer, -height())),
      editPageDown: () => change(buffer => moveRows(buffer, height())),
    },
  };
}
