/** How a learner names a moment: `now`, a bookmark, a step, `rev 41`, a virtual time, the end of a branch. */
import type {Moment} from '../../selectors/compare.ts';
import {clockText} from '../../selectors/time-text.ts';
import {parseWait} from '../shell/programs/wait.ts';
import type {Branch, State} from '../state.ts';

/** What was meant, or what is wrong with it; and the words after it. */
export type Read = {readonly moment: Moment; readonly rest: readonly string[]} | {readonly wrong: string};

export const momentUsage = 'a moment is now, a bookmark, a step (41), rev 220, a time (12.5s), or a branch';

/** Reads one moment from the beginning of the words. Never throws. */
export function readMoment(state: State, words: readonly string[]): Read {
  const [word = '', next = '', ...more] = words;
  const branch = state.branch;
  if (!branch || word === '') return {wrong: momentUsage};
  const rest = words.slice(1);
  if (word === 'now') return {moment: {cluster: branch.cluster, position: branch.cluster.history.position, label: 'now'}, rest};
  const mark = state.bookmarks.find(each => each.name === word);
  if (mark) return {moment: {cluster: mark.cluster, position: mark.position, label: mark.name}, rest};
  if (word === 'rev' || word === 'revision')
    return numbered(/^\d+$/.test(next) ? atRevision(branch, Number(next)) : undefined, `revision ${next}`, more);
  if (word === 'step') return numbered(atStep(state, branch, next), `step ${next}`, more);
  if (/^\d+$/.test(word)) return numbered(atStep(state, branch, word), `step ${word}`, rest);
  const time = timeOf(word);
  if (time !== undefined) return numbered(atTime(branch, time), clockText(time), rest);
  const other = [branch, ...state.others].find(each => each.name === word);
  if (other) return {moment: {cluster: other.cluster, position: other.cluster.history.length, label: `the end of ${other.name}`}, rest};
  return {wrong: `there is no moment ${word}: ${momentUsage}`};
}

function numbered(found: Omit<Moment, 'label'> | undefined, label: string, rest: readonly string[]): Read {
  return found ? {moment: {...found, label}, rest} : {wrong: `${label} is not in this timeline`};
}

/** Steps are counted from where the learner's time begins, as the timeline shows them. */
function atStep(state: State, {cluster}: Branch, text: string): Omit<Moment, 'label'> | undefined {
  const position = (state.world?.from ?? 0) + Number(text);
  return /^\d+$/.test(text) && position <= cluster.history.length ? {cluster, position} : undefined;
}

/** Right after the commit of a revision. */
function atRevision({cluster}: Branch, revision: number): Omit<Moment, 'label'> | undefined {
  const {journal} = cluster.machine;
  const index = journal.steps.findIndex(step => step.after.revision >= revision);
  const position = journal.first + index + 1;
  return index >= 0 && journal.steps[index]!.revisionBefore < revision && position >= cluster.history.first
    ? {cluster, position}
    : undefined;
}

/** After the last step that was made by then. */
function atTime({cluster}: Branch, ms: number): Omit<Moment, 'label'> | undefined {
  const {journal} = cluster.machine;
  const end = journal.position === journal.length ? cluster.now : (journal.steps.at(-1)?.after.now ?? 0);
  const later = journal.steps.findIndex(step => step.at > ms);
  const position = later < 0 ? journal.length : journal.first + later;
  return ms <= end && position >= cluster.history.first ? {cluster, position} : undefined;
}

/** Milliseconds of `12.5s`, `3m`, or of a time as the clock shows it (`3:07.5`, `1:02:03`). */
function timeOf(word: string): number | undefined {
  if (/^\d+(:\d+){1,2}(\.\d+)?$/.test(word)) return word.split(':').reduce((total, part) => total * 60 + Number(part), 0) * 1000;
  return /[a-z]$/.test(word) ? parseWait(word) : undefined;
}
