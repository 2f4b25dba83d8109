import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {type BufferOperation, bufferOf, bufferOperations, insertText, moveTo, type TextBuffer, textOf} from '../../src/tui/text-buffer.ts';

const operate = (buffer: TextBuffer, ...names: BufferOperation[]): TextBuffer =>
  names.reduce((current, name) => bufferOperations[name](current), buffer);
const typed = (buffer: TextBuffer, text: string): TextBuffer => [...text].reduce(insertText, buffer);
/** The text with the cursor as a bar. */
const seen = (buffer: TextBuffer): string =>
  buffer.lines
    .map((line, row) => (row === buffer.cursor.row ? `${line.slice(0, buffer.cursor.column)}|${line.slice(buffer.cursor.column)}` : line))
    .join('\n');

describe('a text buffer', () => {
  test('keeps the indentation of a manifest while it is typed', () => {
    let buffer = typed(bufferOf(''), 'spec:');
    buffer = typed(operate(buffer, 'newline'), 'containers:');
    buffer = typed(operate(buffer, 'newline'), '- name: web');
    buffer = typed(operate(buffer, 'newline'), 'image: nginx');
    expect(seen(buffer)).toBe('spec:\n  containers:\n    - name: web\n      image: nginx|');
    expect(seen(operate(buffer, 'newline', 'backspace'))).toBe('spec:\n  containers:\n    - name: web\n      image: nginx\n    |');
  });

  test('goes over wide and combined characters as one, and keeps to the cells going down', () => {
    const buffer = bufferOf('世界e\u0301x\nabcdefg\n世');
    expect(seen(operate(buffer, 'right', 'right', 'right'))).toBe('世界e\u0301|x\nabcdefg\n世');
    expect(seen(operate(buffer, 'right', 'right', 'right', 'down'))).toBe('世界e\u0301x\nabcde|fg\n世');
    expect(seen(operate(buffer, 'right', 'right', 'right', 'down', 'down', 'up'))).toBe('世界e\u0301x\nabcde|fg\n世');
    expect(textOf(operate(buffer, 'right', 'right', 'right', 'backspace'))).toBe('世界x\nabcdefg\n世');
  });

  test('takes a paste of many lines with any line ends, tabs as blanks', () => {
    const buffer = insertText(operate(bufferOf('a: 1'), 'end'), '\r\nb:\r\tc: 2\nd');
    expect(seen(buffer)).toBe('a: 1\nb:\n  c: 2\nd|');
    expect(seen(operate(buffer, 'undo'))).toBe('a: 1|');
  });

  test('takes back word by word, and does it again', () => {
    const buffer = typed(bufferOf(''), 'name: web');
    expect(textOf(operate(buffer, 'undo'))).toBe('name: ');
    expect(textOf(operate(buffer, 'undo', 'undo', 'undo'))).toBe('');
    expect(textOf(operate(buffer, 'undo', 'undo', 'redo', 'redo'))).toBe('name: web');
  });

  test('cuts lines together and puts them back', () => {
    const buffer = operate(bufferOf('one\ntwo\nthree'), 'cutLine', 'cutLine');
    expect(textOf(buffer)).toBe('three');
    expect(textOf(operate(buffer, 'putBack'))).toBe('one\ntwo\nthree');
    expect(textOf(operate(bufferOf('one\ntwo'), 'bottom', 'cutLine', 'cutLine'))).toBe('');
  });

  test('shifts lines by a level', () => {
    expect(seen(operate(bufferOf('a: 1'), 'indent'))).toBe('  |a: 1');
    expect(seen(operate(bufferOf('    a: 1'), 'end', 'outdent'))).toBe('  a: 1|');
  });

  test('joins lines at their edges', () => {
    expect(seen(operate(moveTo(bufferOf('ab\ncd'), {row: 1, column: 0}), 'backspace'))).toBe('ab|cd');
    expect(seen(operate(moveTo(bufferOf('ab\ncd'), {row: 0, column: 2}), 'delete'))).toBe('ab|cd');
  });

  const change = fc.oneof(
    fc
      .constantFrom(...(Object.keys(bufferOperations) as BufferOperation[]))
      .map(name => (buffer: TextBuffer) => bufferOperations[name](buffer)),
    fc.string({unit: 'grapheme', maxLength: 8}).map(text => (buffer: TextBuffer) => insertText(buffer, text)),
    fc.tuple(fc.nat(20), fc.nat(20)).map(
      ([row, column]) =>
        (buffer: TextBuffer) =>
          moveTo(buffer, {row, column}),
    ),
  );

  test('whatever is done, the cursor stands in the text, and all of it can be taken back and done again', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', maxLength: 60}), fc.array(change, {maxLength: 40}), (text, changes) => {
        const begun = bufferOf(text);
        const ended = changes.reduce((buffer, each) => each(buffer), begun);
        expect(ended.cursor.row).toBeLessThan(ended.lines.length);
        expect(ended.cursor.column).toBeLessThanOrEqual(ended.lines[ended.cursor.row]!.length);
        let back = ended;
        while (back.done.length > 0) back = bufferOperations.undo(back);
        expect(textOf(back)).toBe(textOf(begun));
        while (back.undone.length > 0) back = bufferOperations.redo(back);
        expect(textOf(back)).toBe(textOf(redone(ended)));
      }),
    );
  });
});

/** The youngest moment that is known of. */
function redone(buffer: TextBuffer): TextBuffer {
  let current = buffer;
  while (current.undone.length > 0) current = bufferOperations.redo(current);
  return current;
}
