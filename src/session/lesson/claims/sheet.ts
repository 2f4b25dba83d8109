/** What was said of claims is kept in one of the learner's files: they may read it, and undo takes its last line back like any other change. */
import {type ClaimVerdict, VERDICTS} from '../../../course/claims/types.ts';
import type {ShellState} from '../../shell/shell.ts';

type Files = ShellState['files'];

const SHEET = 'claims.txt';

const OUTCOMES = ['right', 'wrong', 'untried'] as const;

export interface SheetLine {
  readonly number: number;
  readonly said: ClaimVerdict;
  readonly outcome: (typeof OUTCOMES)[number];
}

const LINE = new RegExp(`^(\\d+) (${VERDICTS.join('|')}) (${OUTCOMES.join('|')})$`);

/** The lines of the sheet, oldest first; what is no such line is passed over. */
export const readSheet = (files: Files): readonly SheetLine[] =>
  (files[SHEET] ?? '').split('\n').flatMap(text => {
    const [, number, said, outcome] = LINE.exec(text) ?? [];
    return number ? [{number: Number(number), said, outcome} as SheetLine] : [];
  });

/** The files with one more line in the sheet. It takes the place of an untried one of the same claim. */
export function noted(files: Files, line: SheetLine): Files {
  const lines = readSheet(files);
  const {number, outcome} = lines.at(-1) ?? {};
  const kept = number === line.number && outcome === 'untried' ? lines.slice(0, -1) : lines;
  return {...files, [SHEET]: [...kept, line].map(each => `${each.number} ${each.said} ${each.outcome}\n`).join('')};
}
