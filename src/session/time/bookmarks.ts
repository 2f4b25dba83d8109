/** Moments that are given a name: to be gone back to, to be compared. */
import {compareLines, lookAt, type Moment} from '../../selectors/compare.ts';
import {clockText} from '../../selectors/time-text.ts';
import type {Bookmark, Core} from '../state.ts';
import {momentUsage, readMoment} from './moments.ts';
import {stepNumber} from './time-travel.ts';

/** `visit` goes to a moment, whichever branch it lies in. */
export function bookmarkActions(core: Core, visit: (moment: Moment) => void) {
  const mark = (wanted: string | undefined): void => {
    const {branch, bookmarks} = core.state;
    if (!branch) return core.remark('warn', 'open a lesson first: a bookmark is a moment of it');
    const name = wanted ?? `m${bookmarks.length + 1}`;
    if (/^\d|^(now|rev|revision|step)$/.test(name))
      return core.remark('warn', 'a bookmark begins with a letter, and is not now, rev or step');
    const {cluster} = branch;
    const made: Bookmark = {name, cluster, position: cluster.history.position, branch: branch.name};
    core.set({bookmarks: [...bookmarks.filter(each => each.name !== name), made]});
    core.remark(
      'ok',
      `marked ${name}: step ${stepNumber(core.state, made.position)}, ${clockText(cluster.now)}. goto ${name} returns, compare ${name} now tells what changed`,
    );
  };

  const marks = (): void => {
    const {bookmarks} = core.state;
    if (bookmarks.length === 0) return core.remark('warn', 'there are no bookmarks: mark NAME makes one');
    core.print('marks', bookmarks.map(each => `${each.name.padEnd(12)} ${whereText(each)}`).join('\n'));
  };

  const whereText = (mark: Bookmark): string => {
    const {now, revision} = lookAt(mark, ({machine}) => machine.root);
    return `step ${stepNumber(core.state, mark.position)}, ${clockText(now)}, revision ${revision}, in ${mark.branch}`;
  };

  const goTo = (words: readonly string[]): void => {
    if (words[0] === 'now') return core.act({type: 'present'});
    const read = readMoment(core.state, words);
    if ('wrong' in read) return core.remark('warn', read.wrong);
    visit(read.moment);
  };

  /** What changed from one moment to another; without the second: to now. */
  const compare = (words: readonly string[]): void => {
    const before = readMoment(core.state, words);
    if ('wrong' in before) return core.remark('warn', words.length === 0 ? `compare A B: ${momentUsage}` : before.wrong);
    const after = readMoment(core.state, before.rest.length > 0 ? before.rest : ['now']);
    if ('wrong' in after) return core.remark('warn', after.wrong);
    const [a, b] = [before.moment, after.moment];
    core.show({detail: {title: `compare: ${a.label} and ${b.label}`, kind: 'compare', lines: compareLines(a, b)}});
  };

  return {mark, marks, goTo, compare};
}
