import {describe, expect, test} from 'vitest';
import {
  cycleCompletion,
  emptyLine,
  ghostOf,
  insert,
  type LineEditor,
  type LineOperation,
  operations,
  paste,
  searchFor,
  submit,
  type,
} from '../../src/tui/line-editor.ts';

const typed = (text: string): LineEditor => insert(emptyLine, text);
const pressed = (editor: LineEditor, ...names: LineOperation[]): LineEditor =>
  names.reduce<LineEditor>((current, name) => operations[name](current), editor);
/** The line with a bar where the cursor is. */
const shown = ({text, cursor}: LineEditor): string => `${text.slice(0, cursor)}|${text.slice(cursor)}`;
const withHistory = (...history: string[]): LineEditor => ({...emptyLine, history});

describe('editing', () => {
  test.each<[LineOperation[], string]>([
    [['left', 'left'], 'get po|ds'],
    [['home'], '|get pods'],
    [['home', 'delete'], '|et pods'],
    [['backspace'], 'get pod|'],
    [['wordLeft'], 'get |pods'],
    [['home', 'wordRight'], 'get| pods'],
    [['killWord'], 'get |'],
    [['killWord', 'home', 'yank'], 'pods|get '],
    [['wordLeft', 'killToEnd', 'yank', 'yank'], 'get podspods|'],
    [['left', 'killToStart'], '|s'],
    [['clear'], '|'],
  ])('%j gives %s', (names, expected) => expect(shown(pressed(typed('get pods'), ...names))).toBe(expected));

  test('moves and deletes by graphemes', () => {
    expect(shown(pressed(typed('e\u0301世'), 'backspace'))).toBe('e\u0301|');
    expect(shown(pressed(typed('e\u0301世'), 'left', 'backspace'))).toBe('|世');
  });
});

describe('lines', () => {
  test('end with Enter and enter the history once', () => {
    const first = submit(typed(' get pods '));
    expect(first.line).toBe('get pods');
    expect(submit(insert(first.editor, 'get pods')).editor.history).toEqual(['get pods']);
  });

  test('a burst of text is split where it says so', () => {
    const {lines, editor} = type(typed('k '), 'get po\rget no\nget d');
    expect(lines).toEqual(['k get po', 'get no']);
    expect(shown(editor)).toBe('get d|');
  });

  test('of a paste wait until each is run', () => {
    const pasted = paste(typed('k '), 'get po\r\n\r\nget no\n');
    expect(shown(pasted)).toBe('k get po|');
    const next = submit(pasted);
    expect(next.line).toBe('k get po');
    expect(shown(next.editor)).toBe('get no|');
    expect(pressed(pasted, 'clear').queue).toEqual([]);
  });

  test('that go on are one command', () => {
    const first = submit(typed('cat <<EOF'));
    expect([first.line, first.awaits, shown(first.editor)]).toEqual(['', 'a line EOF', '|']);
    const second = submit(insert(first.editor, '  indented'));
    const last = submit(insert(second.editor, 'EOF'));
    expect([last.line, last.awaits]).toEqual(['cat <<EOF\n  indented\nEOF', undefined]);
    expect(pressed(second.editor, 'clear').begun).toBe('');
  });

  test('of a paste that belong to one command run with it, and come back together from the history', () => {
    const {line, editor} = submit(paste(typed(''), 'cat <<EOF\na\n\nEOF\n\nls\n'));
    expect(line).toBe('cat <<EOF\na\n\nEOF');
    expect(shown(editor)).toBe('ls|');
    const again = pressed(submit(editor).editor, 'historyBack', 'historyBack');
    expect(shown(again)).toBe('cat <<EOF|');
    expect(submit(again).line).toBe(line);
  });
});

describe('history', () => {
  test('is walked and left again with the draft', () => {
    const editor = insert(withHistory('one', 'two'), 'dra');
    expect(shown(pressed(editor, 'historyBack'))).toBe('two|');
    expect(shown(pressed(editor, 'historyBack', 'historyBack', 'historyBack'))).toBe('one|');
    expect(shown(pressed(editor, 'historyBack', 'historyForward'))).toBe('dra|');
  });

  test('is searched backwards', () => {
    let editor = pressed(withHistory('get pods', 'get nodes', 'describe pod web'), 'searchStart');
    editor = searchFor(editor, {add: 'pod'});
    expect(editor.text).toBe('describe pod web');
    expect(pressed(editor, 'searchStart').text).toBe('get pods');
    expect(pressed(editor, 'searchStart', 'searchStart').text).toBe('get pods');
    expect(pressed(editor, 'searchAccept').search).toBeUndefined();
    expect(shown(pressed(editor, 'searchCancel'))).toBe('|');
    expect(searchFor(editor, {add: 'x'}).search!.index).toBe(-1);
  });
});

describe('completion', () => {
  const items = ['pods', 'podtemplates'].map(text => ({text, about: ''}));

  test('takes what is shared, then cycles both ways', () => {
    const first = cycleCompletion(typed('get p'), {from: 4, items}, 1);
    expect(shown(first)).toBe('get pod|');
    const second = cycleCompletion(first, first.cycle!.completion, 1);
    expect(shown(second)).toBe('get pods|');
    expect(shown(cycleCompletion(second, second.cycle!.completion, 1))).toBe('get podtemplates|');
    expect(shown(cycleCompletion(second, second.cycle!.completion, -1))).toBe('get podtemplates|');
    expect(shown(operations.cancelCycle(second))).toBe('get pod|');
  });

  test('of one candidate is final', () => {
    const done = cycleCompletion(typed('get p'), {from: 4, items: items.slice(0, 1)}, 1);
    expect(shown(done)).toBe('get pods |');
    expect(done.cycle).toBeUndefined();
  });
});

test('the ghost comes from the step, then from the history', () => {
  expect(ghostOf(typed('kubectl cr'), ['kubectl create -f pod.yaml'])).toBe('eate -f pod.yaml');
  expect(ghostOf(emptyLine, ['kubectl get pods'])).toBe('kubectl get pods');
  expect(ghostOf(insert(withHistory('kubectl get nodes'), 'kub'), [])).toBe('ectl get nodes');
  expect(ghostOf(withHistory('kubectl get nodes'), [])).toBe('');
  expect(ghostOf(operations.home(typed('kub')), ['kubectl'])).toBe('');
});
