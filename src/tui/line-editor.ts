/** The prompt's line as a value: every operation takes an editor and returns the next one. */
import {graphemesOf} from '../selectors/graphemes.ts';
import {awaited} from '../session/shell/unfinished.ts';
import type {Completion} from './view.ts';

export interface LineEditor {
  readonly text: string;
  /** Offset in UTF-16 units, always at a grapheme's edge. */
  readonly cursor: number;
  /** What was killed last, for yank. */
  readonly killed: string;
  /** Oldest first. */
  readonly history: readonly string[];
  /** Place in the history while walking it, and the line that was left for the walk. */
  readonly walk: {readonly index: number; readonly draft: string} | undefined;
  readonly cycle: {readonly completion: Completion; readonly index: number; readonly original: string} | undefined;
  /** Reverse search: what is looked for, and where in the history it was found (-1: nowhere). */
  readonly search: {readonly query: string; readonly index: number; readonly draft: string} | undefined;
  /** Lines of a paste that wait behind the one in the editor. */
  readonly queue: readonly string[];
  /** Lines already entered of a command that goes on, each with its line end. */
  readonly begun: string;
}

export const emptyLine: LineEditor = {
  text: '',
  cursor: 0,
  killed: '',
  history: [],
  walk: undefined,
  cycle: undefined,
  search: undefined,
  queue: [],
  begun: '',
};

/** How many lines the history keeps. */
const historyLimit = 500;

function edit(editor: LineEditor, text: string, cursor: number): LineEditor {
  return {...editor, text, cursor, walk: undefined, cycle: undefined};
}

function edgeBefore(text: string, cursor: number): number {
  let edge = 0;
  for (const {index} of graphemesOf(text)) {
    if (index >= cursor) break;
    edge = index;
  }
  return edge;
}

function edgeAfter(text: string, cursor: number): number {
  for (const {index} of graphemesOf(text)) if (index > cursor) return index;
  return text.length;
}

function wordBefore(text: string, cursor: number): number {
  return text.slice(0, cursor).replace(/[^\s]*\s*$/, '').length;
}

function wordAfter(text: string, cursor: number): number {
  return cursor + (/^\s*[^\s]*/.exec(text.slice(cursor))?.[0].length ?? 0);
}

/** Inserts text without line ends at the cursor. */
export function insert(editor: LineEditor, text: string): LineEditor {
  return edit(editor, editor.text.slice(0, editor.cursor) + text + editor.text.slice(editor.cursor), editor.cursor + text.length);
}

/** The operations that keys name. */
export const operations = {
  left: editor => ({...editor, cursor: edgeBefore(editor.text, editor.cursor), cycle: undefined}),
  right: editor => ({...editor, cursor: edgeAfter(editor.text, editor.cursor), cycle: undefined}),
  home: editor => ({...editor, cursor: 0, cycle: undefined}),
  end: editor => ({...editor, cursor: editor.text.length, cycle: undefined}),
  wordLeft: editor => ({...editor, cursor: wordBefore(editor.text, editor.cursor), cycle: undefined}),
  wordRight: editor => ({...editor, cursor: wordAfter(editor.text, editor.cursor), cycle: undefined}),
  backspace: editor => cutOut(editor, edgeBefore(editor.text, editor.cursor), editor.cursor, false),
  delete: editor => cutOut(editor, editor.cursor, edgeAfter(editor.text, editor.cursor), false),
  killWord: editor => cutOut(editor, wordBefore(editor.text, editor.cursor), editor.cursor, true),
  killToStart: editor => cutOut(editor, 0, editor.cursor, true),
  killToEnd: editor => cutOut(editor, editor.cursor, editor.text.length, true),
  yank: editor => insert(editor, editor.killed),
  clear: editor => ({...edit(editor, '', 0), queue: [], begun: ''}),
  historyBack: editor => walkHistory(editor, -1),
  historyForward: editor => walkHistory(editor, 1),
  cancelCycle: editor => (editor.cycle ? edit(editor, editor.cycle.original, editor.cycle.original.length) : editor),
  searchStart: editor => (editor.search ? searchAgain(editor) : {...editor, search: {query: '', index: -1, draft: editor.text}}),
  searchAccept: editor => ({...editor, search: undefined}),
  searchCancel: editor => (editor.search ? {...edit(editor, editor.search.draft, editor.search.draft.length), search: undefined} : editor),
} as const satisfies Record<string, (editor: LineEditor) => LineEditor>;

export type LineOperation = keyof typeof operations;

function cutOut(editor: LineEditor, from: number, to: number, keep: boolean): LineEditor {
  if (from === to) return editor;
  const next = edit(editor, editor.text.slice(0, from) + editor.text.slice(to), from);
  return keep ? {...next, killed: editor.text.slice(from, to)} : next;
}

/** A command of several lines comes back as it was pasted: one at the cursor, the others waiting. */
function recalled(editor: LineEditor, command: string): LineEditor {
  const [text = '', ...queue] = command.split('\n');
  return {...edit(editor, text, text.length), queue};
}

/** Lines that were entered and have not run stand at the prompt again, before what stood there. */
export function putBack(editor: LineEditor, lines: readonly string[]): LineEditor {
  const behind = editor.text === '' ? editor.queue : [editor.text, ...editor.queue];
  return recalled(editor, [...lines, ...behind].join('\n'));
}

function walkHistory(editor: LineEditor, by: 1 | -1): LineEditor {
  const {history} = editor;
  const walk = editor.walk ?? {index: history.length, draft: editor.text};
  const index = walk.index + by;
  if (index < 0 || index > history.length) return editor;
  return {
    ...recalled(editor, index === history.length ? walk.draft : history[index]!),
    walk: index === history.length ? undefined : {...walk, index},
  };
}

function found(editor: LineEditor, query: string, before: number): LineEditor {
  const index = query === '' ? -1 : editor.history.findLastIndex((line, place) => place < before && line.includes(query));
  const search = {query, index, draft: editor.search!.draft};
  if (index < 0) return {...editor, search};
  return {...recalled(editor, editor.history[index]!), search};
}

function searchAgain(editor: LineEditor): LineEditor {
  const {query, index} = editor.search!;
  const next = found(editor, query, index < 0 ? editor.history.length : index);
  return next.search!.index < 0 ? editor : next;
}

/** Changes what is searched for: adds typed text, or takes one character away. */
export function searchFor(editor: LineEditor, change: {add: string} | 'backspace'): LineEditor {
  if (!editor.search) return editor;
  const {query} = editor.search;
  return found(
    editor,
    change === 'backspace' ? query.slice(0, edgeBefore(query, query.length)) : query + change.add,
    editor.history.length,
  );
}

/** Puts the next (or previous) candidate of a completion into the line; the first press takes what all candidates share. */
export function cycleCompletion(editor: LineEditor, completion: Completion, by: 1 | -1): LineEditor {
  if (!editor.cycle) {
    const {items, from} = completion;
    if (items.length === 0) return editor;
    const typed = editor.text.slice(from, editor.cursor);
    const shared = items.length === 1 ? `${items[0]!.text} ` : sharedStart(items.map(item => item.text));
    const next = shared.length > typed.length ? replaceWord(editor, from, shared) : editor;
    return items.length === 1 ? {...next, cycle: undefined} : {...next, cycle: {completion, index: -1, original: next.text}};
  }
  const {items, from} = editor.cycle.completion;
  const index = editor.cycle.index < 0 && by < 0 ? items.length - 1 : (editor.cycle.index + by + items.length) % items.length;
  return {...replaceWord(editor, from, items[index]!.text), cycle: {...editor.cycle, index}};
}

function replaceWord(editor: LineEditor, from: number, word: string): LineEditor {
  return edit(editor, editor.text.slice(0, from) + word + editor.text.slice(editor.cursor), from + word.length);
}

function sharedStart(words: readonly string[]): string {
  const [first = ''] = words;
  let length = first.length;
  for (const word of words) while (!word.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

/** What would complete the line as a whole: a suggestion beginning with it, else the youngest line of the history that does. Empty when nothing does. */
export function ghostOf(editor: LineEditor, suggestions: readonly string[]): string {
  const {text, cursor, history} = editor;
  if (editor.search || editor.cycle || editor.begun || cursor !== text.length) return '';
  const whole =
    suggestions.find(line => line.startsWith(text) && line !== text) ??
    (text === '' ? undefined : history.findLast(line => line.startsWith(text) && line !== text));
  return whole?.slice(text.length).split('\n')[0] ?? '';
}

export interface Submitted {
  /** Empty where there is nothing to run yet. */
  readonly line: string;
  readonly editor: LineEditor;
  /** What the command that was begun still waits for. */
  readonly awaits?: string;
}

/** Ends the line: the command that is whole with it (and with the lines of a paste that belong to it), and an editor with the next waiting line, if any. */
export function submit(editor: LineEditor): Submitted {
  let text = editor.begun + editor.text;
  let [...queue] = editor.queue;
  let awaits = awaited(text);
  for (; awaits && queue.length > 0; awaits = awaited(text)) text += `\n${queue.shift()}`;
  const kept = {...emptyLine, killed: editor.killed, history: editor.history};
  if (awaits) return {line: '', awaits, editor: {...kept, begun: `${text}\n`}};
  const line = text.trim();
  const history = line === '' || line === editor.history.at(-1) ? editor.history : [...editor.history, line].slice(-historyLimit);
  queue = queue.slice(
    Math.max(
      0,
      queue.findIndex(each => each.trim() !== ''),
    ),
  );
  const [next = '', ...waiting] = queue;
  return {line, editor: {...kept, history, text: next, cursor: next.length, queue: waiting}};
}

/** Text as keys bring it, line ends included: each one submits what stands before it. */
export function type(editor: LineEditor, text: string): {readonly lines: readonly string[]; readonly editor: LineEditor} {
  const [first = '', ...rest] = text.split(/\r\n|\r|\n/);
  const lines: string[] = [];
  let current = insert(editor, first);
  for (const part of rest) {
    const ended = submit(current);
    if (ended.line !== '') lines.push(ended.line);
    current = insert(ended.editor, part);
  }
  return {lines, editor: current};
}

/** Pasted text: its first line goes to the cursor, further ones wait; nothing runs by itself. */
export function paste(editor: LineEditor, text: string): LineEditor {
  const [first = '', ...rest] = text.replace(/(\r\n|\r|\n)+$/, '').split(/\r\n|\r|\n/);
  return {...insert(editor, first), queue: [...rest, ...editor.queue]};
}
