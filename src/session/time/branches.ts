/** Timelines of one story: a branch begins at any instant, the line that is left waits to be gone back to. Nothing is ever lost. */
import {byName} from '../../engine/api/order.ts';
import type {Moment} from '../../selectors/compare.ts';
import {clockText} from '../../selectors/time-text.ts';
import {type Branch, type Core, clusterOf, inPast} from '../state.ts';
import {stepNumber} from './time-travel.ts';

/** `settle` ends what the prompt is in the middle of, or says that it cannot. */
export function branchActions(core: Core, settle: () => boolean) {
  const named = (name: string): Branch | undefined => [core.state.branch, ...core.state.others].find(each => each?.name === name);

  /** The branch at hand as it is left: with its shell, at its present. */
  const left = (): Branch => {
    const branch = core.state.branch!;
    branch.cluster.history.seek(branch.cluster.history.length);
    return {...branch, shell: core.state.shell};
  };

  /** Begins a branch where the learner stands; what came later stays in the line that is left. */
  const fork = (wanted?: string): void => {
    const branch = core.state.branch;
    if (!branch) return core.remark('warn', 'open a lesson first: play 1.1');
    if (!settle()) return;
    const name = wanted ?? freshName();
    if (named(name)) return core.remark('warn', `there is a branch ${name} already: switch ${name} goes there`);
    const past = inPast(core);
    const {position} = branch.cluster.history;
    const cluster = branch.cluster.history.branch();
    const later = past ? branch.entries.find(entry => entry.position >= position) : undefined;
    const files = later?.filesBefore ?? core.state.shell.files;
    core.set({
      others: [...core.state.others, left()],
      branch: {
        name,
        cluster,
        entries: branch.entries.filter(entry => !later || entry.id < later.id),
        undone: [],
        from: branch.name,
      },
      shell: {...core.state.shell, files},
      paused: past ? core.state.pausedBefore : core.state.paused,
      walk: undefined,
      forkAsked: undefined,
    });
    core.remark('accent', `a new timeline begins here: ${name}. switch ${branch.name} goes back, beside ${branch.name} shows both`);
  };

  const freshName = (): string => {
    for (let n = core.state.others.length + 1; ; n += 1) if (!named(`branch-${n}`)) return `branch-${n}`;
  };

  const go = (name: string): boolean => {
    const {branch, others} = core.state;
    if (branch?.name === name) return true;
    const wanted = others.find(each => each.name === name);
    if (!branch || !wanted || !settle()) return false;
    core.set({
      others: [...others.filter(each => each !== wanted), left()],
      branch: wanted,
      shell: wanted.shell ?? core.state.shell,
      walk: undefined,
      forkAsked: undefined,
      question: undefined,
    });
    return true;
  };

  const switchTo = (name: string): void => {
    if (core.state.branch?.name === name) return core.remark('warn', `you are in ${name}`);
    if (!named(name)) return core.remark('warn', `there is no branch ${name}: branches lists them`);
    if (go(name)) core.remark('accent', `now in ${name}, at ${clockText(clusterOf(core)!.now)}`);
  };

  /** Goes to a moment of any branch that holds it. */
  const visit = ({cluster, position, label}: Moment): void => {
    const holding = [core.state.branch, ...core.state.others].find(each => each && holds(each, {cluster, position}));
    if (!holding) return core.remark('warn', `${label} lies in what was taken back: redo brings it again`);
    if (holding.name !== core.state.branch?.name) core.act({type: 'switch', name: holding.name});
    if (holding.name === core.state.branch?.name) core.act({type: 'seek', step: position});
  };

  const list = (): void => {
    const {branch, others} = core.state;
    if (!branch) return core.remark('warn', 'there are no branches: branch NAME begins one');
    const all = [branch, ...others].sort(byName);
    core.print('branches', all.map(each => lineOf(each, each === branch)).join('\n'));
  };

  const lineOf = ({name, cluster, entries, from}: Branch, here: boolean): string => {
    const last = entries.findLast(entry => !entry.aside)?.line ?? 'nothing typed yet';
    const place = `at ${clockText(cluster.now)}, step ${stepNumber(core.state, cluster.history.position)}`;
    return `${here ? '*' : ' '} ${name.padEnd(12)} ${place}${from ? `, from ${from}` : ''}: ${last}`;
  };

  /** Shows another branch beside this one; without a name: the one it came from. */
  const beside = (name: string | undefined): void => {
    const {branch, others} = core.state;
    const other = name ? others.find(each => each.name === name) : (others.find(each => each.name === branch?.from) ?? others.at(-1));
    if (!branch || !other)
      return core.remark(
        'warn',
        name ? `there is no other branch ${name}: branches lists them` : 'there is one timeline only: branch NAME begins another',
      );
    core.set({beside: other.name});
    core.show({beside: other.name});
  };

  return {fork, switchTo, visit, list, beside};
}

/** A branch holds a moment when it is of its own cluster, or lies in the past that they share. */
function holds(branch: Branch, {cluster, position}: Pick<Moment, 'cluster' | 'position'>): boolean {
  const {journal: own} = branch.cluster.machine;
  const {journal: other} = cluster.machine;
  if (branch.cluster === cluster) return position <= own.length;
  if (position <= branch.cluster.history.first) return position >= branch.cluster.history.first;
  const step = other.steps[position - 1 - other.first];
  return step !== undefined && own.steps[position - 1 - own.first] === step;
}
