/** What a learner said of claims, read off the lines that were typed. */
import {type ClaimVerdict, VERDICTS} from './types.ts';

/** How `claim` ends: the claim was judged rightly, wrongly, or the cluster was not as its trial needs it. */
export const EXIT = {right: 0, wrong: 1, usage: 2, untried: 3} as const;

/** Nothing else on the line: its end is how `claim` ended. */
const LINE = new RegExp(`^\\s*claim\\s+(\\d+)\\s+(${VERDICTS.join('|')})(?:\\s+(\\d+)%?)?\\s*$`);

/** What was said of a claim and tried. */
export interface Judgement {
  readonly number: number;
  readonly said: ClaimVerdict;
  /** How sure the learner was, in percent; who does not say is altogether. */
  readonly sure: number;
  readonly right: boolean;
}

type Commands = readonly {readonly line: string; readonly exitCode: number}[];

/** Each time that a claim was judged and tried. */
function* judgementsIn(commands: Commands): IterableIterator<readonly [number: number, judgement: Judgement]> {
  for (const {line, exitCode} of commands) {
    const [, claim, said, sure = '100'] = LINE.exec(line) ?? [];
    const number = Number(claim);
    if (!number || (exitCode !== EXIT.right && exitCode !== EXIT.wrong)) continue;
    yield [number, {number, said: said as ClaimVerdict, sure: Number(sure), right: exitCode === EXIT.right}];
  }
}

/** The last word on each claim, by its number: whoever was wrong may judge again. */
export const lastJudgements = (commands: Commands): ReadonlyMap<number, Judgement> => new Map(judgementsIn(commands));

/** The first word. Later ones are practice. */
export const firstJudgements = (commands: Commands): ReadonlyMap<number, Judgement> => new Map([...judgementsIn(commands)].reverse());

/** So many of a hundred claims have to be judged rightly at the first try, for the learner to have foreseen them: 24 of 30. */
const WELL_JUDGED = 80;

/** Whether those claims that were judged were foreseen. */
export function foresawClaims(commands: Commands): boolean {
  const first = [...firstJudgements(commands).values()];
  return 100 * first.filter(({right}) => right).length >= WELL_JUDGED * first.length;
}
