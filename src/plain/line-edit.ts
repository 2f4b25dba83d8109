/** Editing a text line by line, where nothing can be drawn: numbers name lines, every answer tells what is wrong now. */
import type {ManifestFault} from '../session/types.ts';

export interface LineEdit {
  readonly file: string;
  readonly lines: readonly string[];
}

export type LineEdited =
  | {readonly kind: 'changed'; readonly edit: LineEdit; readonly say: readonly string[]}
  | {readonly kind: 'saved'; readonly text: string}
  | {readonly kind: 'dropped'};

export const editHelp: readonly string[] = [
  'NUMBER TEXT puts TEXT in place of that line (blanks after the first one are kept), +NUMBER TEXT adds a line after it, -NUMBER takes it out.',
  'list shows the text, save keeps it, drop leaves it as it was.',
];

export const lineEditOf = (file: string, text: string): LineEdit => ({file, lines: text.replace(/\n$/, '').split('\n')});

export const editedText = ({lines}: LineEdit): string => (lines.join('\n') === '' ? '' : `${lines.join('\n')}\n`);

/** The lines with their numbers. */
export const numbered = ({lines}: LineEdit): string[] =>
  lines.map((line, index) => `${String(index + 1).padStart(String(lines.length).length)} ${line}`);

/** What is wrong, a line each. */
export const faultLines = (faults: readonly ManifestFault[]): string[] =>
  faults.length === 0
    ? ['No fault.']
    : faults.map(
        ({line, column, field, message}) =>
          `Fault in line ${line}, column ${column}: ${field === '' || message.includes(field) ? message : `${field}: ${message}`}`,
      );

/** Carries out one line of the learner's. */
export function editLine(edit: LineEdit, input: string): LineEdited {
  const word = input.trim();
  if (word === 'save') return {kind: 'saved', text: editedText(edit)};
  if (word === 'drop') return {kind: 'dropped'};
  if (word === 'list') return {kind: 'changed', edit, say: numbered(edit)};
  const [, sign = '', digits = '', rest = ''] = /^\s*([+-]?)(\d+)(?: (.*))?$/s.exec(input) ?? [];
  const number = Number(digits);
  const {lines} = edit;
  if (digits === '' || number > lines.length || (number === 0 && sign !== '+'))
    return {kind: 'changed', edit, say: digits === '' ? editHelp : [`There are ${lines.length} lines.`]};
  const changed =
    sign === '+' ? lines.toSpliced(number, 0, rest) : sign === '-' ? lines.toSpliced(number - 1, 1) : lines.with(number - 1, rest);
  return {kind: 'changed', edit: {...edit, lines: changed}, say: []};
}
