/** What a learner does with time: go elsewhere in it, take back, branch off. */
import {withoutChange} from './folder.ts';
import {type Core, clusterOf, inPast} from './state.ts';
import {nextPlace, type Unit} from './time-travel.ts';

/** `judge` looks at the lesson after something happened. */
export function timeActions(core: Core, judge: () => void) {
  const fork = (): void => {
    const branch = core.state.branch!;
    const {position} = branch.cluster.history;
    const name = `branch-${core.state.others.length + 1}`;
    core.set({
      others: [...core.state.others, branch],
      branch: {name, cluster: branch.cluster.history.branch(), entries: branch.entries.filter(e => e.position < position), undone: []},
    });
    core.remark('accent', `a new timeline begins here: ${name}`);
  };

  const seek = (position: number): void => {
    const history = clusterOf(core)?.history;
    if (!history) return;
    const back = position < history.position;
    history.seek(position);
    const {run} = core.state;
    core.set({walk: undefined, forkAsked: undefined, ...(back && run && {run: {...run, rewound: run.rewound + 1}})});
  };

  const undo = (): void => {
    const branch = core.state.branch;
    const last = branch?.entries.findLast(entry => !entry.looked);
    if (!branch || !last) return core.remark('warn', 'there is nothing to take back');
    const end = branch.cluster.history.position;
    branch.cluster.history.seek(last.position);
    core.set({
      branch: {
        ...branch,
        entries: branch.entries.slice(0, branch.entries.indexOf(last)),
        undone: [...branch.undone, {entry: last, end, filesAfter: core.state.shell.files}],
      },
      shell: {...core.state.shell, files: withoutChange(core.state.shell.files, last.filesBefore, last.filesAfter)},
      walk: undefined,
    });
    core.remark('ok', `taken back: ${last.line}`);
  };

  const redo = (): void => {
    const branch = core.state.branch;
    const next = branch?.undone.at(-1);
    if (!branch || !next || branch.cluster.history.length < next.end) return core.remark('warn', 'there is nothing to do again');
    branch.cluster.history.seek(next.end);
    core.set({
      branch: {...branch, entries: [...branch.entries, next.entry], undone: branch.undone.slice(0, -1)},
      shell: {...core.state.shell, files: next.filesAfter},
    });
    core.remark('ok', `done again: ${next.entry.line}`);
  };

  const step = (by: 1 | -1, unit: Unit): void => {
    const now = clusterOf(core);
    if (!now) return;
    core.set({paused: true});
    if (by > 0 && !inPast(core)) {
      if (now.machine.step()) judge();
      return core.set({});
    }
    seek(nextPlace(now, by, unit));
  };

  return {fork, seek, undo, redo, step};
}
