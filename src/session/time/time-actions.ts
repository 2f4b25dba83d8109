/** What a learner does with time: move in it, take back what they did, do it again. */
import type {Cluster} from '../../engine/cluster/cluster.ts';
import {withoutChange} from '../shell/folder.ts';
import {type Core, clusterOf, inPast} from '../state.ts';
import type {Unit} from '../types.ts';
import {landmarks, nextLandmark, nextPlace, placeText, stops} from './time-travel.ts';

/** How long, in virtual milliseconds, and how many events one move forward may look for its goal. */
const LOOK_AHEAD_MS = 600_000;
const LOOK_AHEAD_STEPS = 3000;

export interface AroundTime {
  /** After each step made: the command at hand goes on, breakpoints are looked at, the lesson is judged. `from`: the position before it. */
  stepped(from: number): void;
  /** Gives up watching a request on its way. */
  arrive(): void;
  /** Ends the command at hand. */
  interrupt(): void;
}

export function timeActions(core: Core, around: AroundTime) {
  const place = (): void => {
    const cluster = clusterOf(core);
    if (cluster) core.remark(inPast(core) ? 'warn' : 'accent', placeText(core.state, cluster));
  };

  const seek = (position: number): void => {
    const history = clusterOf(core)?.history;
    if (!history) return;
    around.arrive();
    const back = position < history.position;
    const left = inPast(core) ? {} : {pausedBefore: core.state.paused};
    history.seek(position);
    const {run} = core.state;
    core.set({...left, paused: true, forkAsked: undefined, hit: undefined, ...(back && run && {run: {...run, rewound: run.rewound + 1}})});
    place();
  };

  /** Back to where the clock can flow; it does so if it did when the learner left. */
  const present = (): void => {
    if (!inPast(core)) return core.remark('accent', 'this is the present');
    seek(clusterOf(core)!.history.length);
    core.set({paused: core.state.pausedBefore});
    core.remark('accent', `the present again: ${placeText(core.state, clusterOf(core)!)}`);
  };

  /** Takes back the last command and all that happened since: the present goes on from there, the line as it was is kept for `redo`. */
  const undo = (): void => {
    around.interrupt();
    const branch = core.state.branch;
    const at = branch?.entries.findLastIndex(entry => !entry.aside && !entry.looked) ?? -1;
    if (!branch || at < 0) return core.remark('warn', 'there is nothing to take back');
    const last = branch.entries[at]!;
    const {history} = branch.cluster;
    history.seek(last.position);
    const cluster = history.branch();
    history.seek(history.length);
    core.set({
      branch: {
        ...branch,
        cluster,
        entries: branch.entries.slice(0, at),
        undone: [...branch.undone, {entries: branch.entries, cluster: branch.cluster, files: core.state.shell.files}],
      },
      shell: {...core.state.shell, files: withoutChange(core.state.shell.files, last.filesBefore, last.filesAfter)},
      walk: undefined,
      hit: undefined,
      question: undefined,
      forkAsked: undefined,
    });
    core.remark('ok', `taken back: ${last.line}`);
  };

  const redo = (): void => {
    const branch = core.state.branch;
    const next = branch?.undone.at(-1);
    if (!branch || !next) return core.remark('warn', 'there is nothing to do again');
    around.interrupt();
    core.set({
      branch: {...branch, cluster: next.cluster, entries: next.entries, undone: branch.undone.slice(0, -1)},
      shell: {...core.state.shell, files: next.files},
      walk: undefined,
      question: undefined,
      forkAsked: undefined,
    });
    core.remark('ok', `done again: ${next.entries.findLast(entry => !entry.aside)?.line ?? ''}`);
  };

  /** To the learner's command or bookmark before or after. */
  const landmark = (by: 1 | -1): void => {
    const cluster = clusterOf(core);
    if (!cluster) return;
    if (by > 0 && !inPast(core)) return core.remark('accent', 'this is the present: no command comes after it');
    core.act({type: 'seek', step: nextLandmark(cluster, by, landmarks(cluster, core.state.branch!.entries, core.state.bookmarks))});
  };

  const step = (by: 1 | -1, unit: Unit): void => {
    const cluster = clusterOf(core);
    if (!cluster) return;
    if (by > 0 && !inPast(core)) return forward(cluster, unit);
    seek(nextPlace(cluster, by, unit));
  };

  /** Makes the future: event after event until one is worth stopping at, or a breakpoint is hit. */
  const forward = (cluster: Cluster, unit: Unit): void => {
    around.arrive();
    core.set({hit: undefined, paused: true});
    const {journal} = cluster.machine;
    const limit = cluster.now + LOOK_AHEAD_MS;
    for (let made = 0; made < LOOK_AHEAD_STEPS && (cluster.machine.next()?.at ?? Number.POSITIVE_INFINITY) <= limit; made += 1) {
      const from = cluster.history.position;
      cluster.machine.step();
      around.stepped(from);
      if (core.state.hit !== undefined) return;
      if (stops[unit](journal.steps[from - journal.first]!)) return place();
    }
    core.remark('warn', `no ${unit} came up to now, ${placeText(core.state, cluster)}`);
  };

  return {seek, present, undo, redo, step, landmark};
}
