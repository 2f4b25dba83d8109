/** What front ends see of time: where one stands in it, what stopped it, what is waited for, the other timeline. */

import type {Cluster} from '../../engine/cluster/cluster.ts';
import {type BesideFacts, besideFacts} from '../../selectors/beside.ts';
import {lookingAhead} from '../lesson/lesson-run.ts';
import {NOWHERE} from '../map-view.ts';
import type {Underway} from '../shell/shell-actions.ts';
import {type Core, clusterOf, inPast, type State} from '../state.ts';
import type {TimeView, WaitingView} from '../types.ts';
import {landmarks} from './time-travel.ts';

export function timeView(core: Core): TimeView {
  const now = clusterOf(core);
  const {paused, speed, pace, walk, branch, bookmarks, breakpoints, hit, run} = core.state;
  if (!now) return {...NOWHERE, paused, speed, walk};
  const {history, machine} = now;
  return {
    now: now.now,
    end: inPast(core) ? (machine.journal.steps.at(-1)?.after.now ?? now.now) : now.now,
    step: history.position,
    firstStep: core.state.world?.from ?? history.first,
    lastStep: history.length,
    past: inPast(core),
    paused,
    hit,
    breakpoints: breakpoints.length,
    idle: machine.idle,
    speed,
    pace,
    foreseeing: !paused && !inPast(core) && run !== undefined && lookingAhead(run) !== undefined,
    marks: landmarks(
      now,
      branch!.entries,
      bookmarks.filter(mark => mark.cluster === now),
    ),
    branch: branch!.name,
    walk,
  };
}

/** A sleep shorter than this, in virtual milliseconds, is only a look now and then. */
const LONG_MS = 2000;

/** What the command at hand waits for. */
export function waitingView(core: Core, {line, live}: Underway): WaitingView {
  const now = clusterOf(core)!.now;
  const {wakeAt} = live;
  return {line, until: wakeAt !== undefined && wakeAt - now > LONG_MS ? wakeAt : undefined, skipping: core.state.skipping};
}

let lastBeside: {readonly key: readonly unknown[]; readonly facts: BesideFacts} | undefined;

/** The other timeline beside this one, while one is shown; computed anew only when one of the two has gone on. */
export function besideView({branch, others, beside, world}: State): BesideFacts | undefined {
  const other = others.find(each => each.name === beside);
  if (!branch || !other) return undefined;
  const [left, right] = [placeOf(other.cluster), placeOf(branch.cluster)];
  const key = [other.cluster, branch.cluster, other.cluster.history.length, right, branch.cluster.machine.root];
  if (lastBeside?.key.every((part, index) => part === key[index])) return lastBeside.facts;
  const facts = besideFacts(
    {name: other.name, cluster: other.cluster, position: left},
    {name: branch.name, cluster: branch.cluster, position: right},
    world?.from ?? 0,
  );
  lastBeside = {key, facts};
  return facts;
}

const placeOf = ({history}: Cluster): number => history.position;
