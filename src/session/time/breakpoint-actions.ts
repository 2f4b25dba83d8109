/** Setting breakpoints, dropping them, and stopping the clock where one is hit. */
import type {Cluster} from '../../engine/cluster/cluster.ts';
import {objectivesOf} from '../lesson/lesson-run.ts';
import {type Core, clusterOf, commandsOf} from '../state.ts';
import {type Breakpoint, type BreakpointKindName, breakpointKinds, breakpointText, type Hit, type Surroundings} from './breakpoints.ts';
import {placeText} from './time-travel.ts';

/** `namespace`: the one that the learner's kubeconfig names. */
export function breakpointActions(core: Core, namespace: () => string) {
  /** Texts of the objectives that were met when it was last looked; of which step of the lesson. */
  let known: {readonly step: string; readonly met: ReadonlySet<string>} = {step: '', met: new Set()};

  const metNow = (): {step: string; met: Set<string>} => {
    const {run, branch} = core.state;
    const step = run?.lesson.steps[run.step];
    if (!run || !branch || !step) return {step: '', met: new Set()};
    const verdicts = objectivesOf(run, step, branch.cluster, commandsOf(branch));
    return {step: step.id, met: new Set(step.objectives.filter((_, i) => verdicts[i]!.met).map(objective => objective.text))};
  };

  const newlyMet = (): readonly string[] => {
    const now = metNow();
    const before = now.step === known.step ? known.met : new Set<string>();
    known = now;
    return [...now.met].filter(text => !before.has(text));
  };

  const around = (): Surroundings => ({machine: clusterOf(core)!.machine, namespace: namespace(), newlyMet});

  const add = (words: readonly string[]): void => {
    if (!clusterOf(core)) return core.remark('warn', 'open a lesson first: play 1.1');
    for (const [kind, {read}] of Object.entries(breakpointKinds)) {
      const of = read(words, around());
      if (of === undefined) continue;
      if (typeof of !== 'string') return core.remark('warn', of.wrong);
      return insert(kind as BreakpointKindName, of);
    }
    core.remark(
      'warn',
      `break on what? ${Object.values(breakpointKinds)
        .map(kind => kind.usage)
        .join(', ')}`,
    );
  };

  const insert = (kind: BreakpointKindName, of: string): void => {
    if (kind === 'objective' && !core.state.run) return core.remark('warn', 'there are no objectives in free play');
    if (kind === 'objective') known = metNow();
    const {breakpoints} = core.state;
    if (breakpoints.some(each => each.kind === kind && each.of === of))
      return core.remark('warn', `there is a breakpoint on ${breakpointText({kind, of})} already; breaks lists them`);
    const id = Math.max(0, ...breakpoints.map(each => each.id)) + 1;
    core.set({breakpoints: [...breakpoints, {id, kind, of}]});
    core.remark('ok', `breakpoint ${id}: the clock stops when ${breakpointKinds[kind].about} (${breakpointText({kind, of})})`);
  };

  const list = ([what, number]: readonly string[]): void => {
    const {breakpoints} = core.state;
    if (what === 'clear') {
      core.set({breakpoints: []});
      return core.remark('ok', `${breakpoints.length} breakpoints dropped`);
    }
    if (what === 'delete') {
      const found = breakpoints.find(each => String(each.id) === number);
      if (!found) return core.remark('warn', `there is no breakpoint ${number ?? ''}: breaks lists them`);
      core.set({breakpoints: breakpoints.filter(each => each !== found)});
      return core.remark('ok', `breakpoint ${found.id} on ${breakpointText(found)} is dropped`);
    }
    if (what !== undefined) return core.remark('warn', 'breaks, breaks delete N, breaks clear');
    if (breakpoints.length === 0) return core.remark('warn', 'there are no breakpoints: break stage authz, break pod/web, break objective');
    core.print('breaks', breakpoints.map(each => `${String(each.id).padStart(3)}  ${breakpointText(each)}`).join('\n'));
  };

  /** How far the steps have been looked at: none stops the clock twice, and none is passed over when a command makes several at once. */
  const watched = new WeakMap<Cluster, number>();

  /** Looks at the steps made since a position; where one is hit the clock stops. */
  const check = (from: number): void => {
    const {breakpoints} = core.state;
    const cluster = clusterOf(core);
    if (!cluster) return;
    const {journal} = cluster.machine;
    if (breakpoints.length === 0) return void watched.set(cluster, journal.position);
    const surroundings = around();
    const first = watched.get(cluster) ?? from;
    for (const step of journal.steps.slice(first - journal.first, journal.position - journal.first)) {
      for (const breakpoint of breakpoints) {
        const hit = breakpointKinds[breakpoint.kind].hit(step, breakpoint.of, surroundings);
        if (!hit) continue;
        watched.set(cluster, step.id);
        return stop(breakpoint, hit, step.id);
      }
    }
    watched.set(cluster, journal.position);
  };

  const stop = (breakpoint: Breakpoint, hit: Hit, step: number): void => {
    const ref = {kind: 'step', step} as const;
    const why = `break ${breakpoint.id} (${breakpointText(breakpoint)}): ${hit.why}`;
    core.set({
      paused: true,
      skipping: false,
      hit: why,
      selected: ref,
      question: {ref, at: clusterOf(core)!.history.position},
      ...(hit.walk && {walk: hit.walk}),
    });
    core.remark('warn', `stopped at ${why} [${placeText(core.state, clusterOf(core)!).replace(/\. .*/s, '')}]`);
  };

  return {add, list, check};
}
