/** What a learner said of claims, read off the lines that were typed. */

/** How `claim` ends: the claim was judged rightly, wrongly, or the cluster was not as its trial needs it. */
export const EXIT = {right: 0, wrong: 1, usage: 2, untried: 3} as const;

const LINE = /^\s*claim\s+(\d+)\s+(?:true|was|never)\b/;

type Commands = readonly {readonly line: string; readonly exitCode: number}[];

/** Each time that a claim was judged and tried: its number, and whether that was right. */
function* judgementsIn(commands: Commands): IterableIterator<readonly [number: number, right: boolean]> {
  for (const {line, exitCode} of commands) {
    const number = Number(LINE.exec(line)?.[1]);
    if (number && (exitCode === EXIT.right || exitCode === EXIT.wrong)) yield [number, exitCode === EXIT.right];
  }
}

/** Whether the last word on each claim was right, by its number: whoever was wrong may judge again. */
export const lastJudgements = (commands: Commands): ReadonlyMap<number, boolean> => new Map(judgementsIn(commands));

/** Whether the first word was. Later ones are practice. */
export const firstJudgements = (commands: Commands): ReadonlyMap<number, boolean> => new Map([...judgementsIn(commands)].reverse());

/** So many of a hundred claims have to be judged rightly at the first try, for the learner to have foreseen them: 24 of 30. */
const WELL_JUDGED = 80;

/** Whether those claims that were judged were foreseen. */
export function foresawClaims(commands: Commands): boolean {
  const first = [...firstJudgements(commands).values()];
  return 100 * first.filter(right => right).length >= WELL_JUDGED * first.length;
}
