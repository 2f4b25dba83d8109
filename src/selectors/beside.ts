/** Two timelines side by side: what they share, where they part, and what each tells from there on. */
import {diffArrays} from 'diff';
import type {Cluster} from '../engine/cluster/cluster.ts';
import type {Step} from '../engine/machine/types.ts';
import {changesBetween} from './compare.ts';
import {linesOf, type StoryLine} from './story.ts';

export interface Timeline {
  readonly name: string;
  readonly cluster: Cluster;
  /** How far its journal is told. */
  readonly position: number;
}

export interface BesideRow {
  readonly atMs: number;
  readonly left: StoryLine | undefined;
  readonly right: StoryLine | undefined;
  /** Both tell the same at this instant. */
  readonly same: boolean;
}

export interface BesideFacts {
  readonly left: {readonly name: string; readonly now: number; readonly revision: number};
  readonly right: {readonly name: string; readonly now: number; readonly revision: number};
  /** The last lines of the past they share. */
  readonly shared: readonly BesideRow[];
  /** Virtual time of the last moment they share. */
  readonly partedAt: number;
  readonly rows: readonly BesideRow[];
  /** Objects that differ where the two stand: `+` only on the right, `-` only on the left, `~` in both but not alike. */
  readonly differences: readonly string[];
}

/** How many lines of the shared past lead up to the parting. */
const leadIn = 4;

/** Takes two timelines that share a past, the one left on the left; `from` is the position at which the learner's time begins. */
export function besideFacts(left: Timeline, right: Timeline, from: number): BesideFacts {
  const [one, other] = [stepsOf(left, from), stepsOf(right, from)];
  const parting = sharedLength(one, other);
  const past = one
    .slice(Math.max(0, parting - 200), parting)
    .flatMap(newsOf)
    .slice(-leadIn);
  return {
    left: headOf(left),
    right: headOf(right),
    shared: past.map(line => ({atMs: line.at, left: line, right: line, same: true})),
    partedAt: one[parting - 1]?.at ?? one[0]?.at ?? 0,
    rows: aligned(one.slice(parting).flatMap(newsOf), other.slice(parting).flatMap(newsOf)),
    differences: changesBetween({...left, label: left.name}, {...right, label: right.name})
      .filter(({key}) => !/^(leases|events)\//.test(key))
      .map(
        ({key, what, fields}) =>
          `${{added: '+', removed: '-', changed: '~'}[what]} ${key}${fields.length > 0 ? `  ${fields.length} fields` : ''}`,
      ),
  };
}

function headOf({name, cluster, position}: Timeline): BesideFacts['left'] {
  const {journal, root} = cluster.machine;
  const {now, revision} = position === journal.position ? root : (journal.steps[position - 1 - journal.first]?.after ?? root);
  return {name, now, revision};
}

const stepsOf = ({cluster, position}: Timeline, from: number): readonly Step[] => {
  const {journal} = cluster.machine;
  return journal.steps.slice(Math.max(0, from - journal.first), position - journal.first);
};

/** Branches hold the very steps of the past they share, so the end of it is found by halving. */
function sharedLength(one: readonly Step[], other: readonly Step[]): number {
  let low = 0;
  let high = Math.min(one.length, other.length);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (one[middle - 1] === other[middle - 1]) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The stages of a request are told in the Request panel. */
const newsOf = (step: Step): StoryLine[] => linesOf(step).filter(line => line.who !== '');

/** Both stories in one order of virtual time; lines of one instant that say the same share a row. */
function aligned(left: readonly StoryLine[], right: readonly StoryLine[]): BesideRow[] {
  const instants = [...new Set([...left, ...right].map(line => line.at))].sort((a, b) => a - b);
  const [byLeft, byRight] = [byInstant(left), byInstant(right)];
  return instants.flatMap(atMs => instantRows(atMs, byLeft.get(atMs) ?? [], byRight.get(atMs) ?? []));
}

function byInstant(lines: readonly StoryLine[]): ReadonlyMap<number, readonly StoryLine[]> {
  const groups = new Map<number, StoryLine[]>();
  for (const line of lines) groups.set(line.at, [...(groups.get(line.at) ?? []), line]);
  return groups;
}

function instantRows(atMs: number, left: readonly StoryLine[], right: readonly StoryLine[]): BesideRow[] {
  const alike = (one: StoryLine, other: StoryLine): boolean => one.who === other.who && one.what === other.what;
  const rows: BesideRow[] = [];
  let only: StoryLine[] = [];
  // What only the left tells comes before what only the right tells: the two are laid side by side.
  const flush = (others: readonly StoryLine[]): void => {
    for (let i = 0; i < Math.max(only.length, others.length); i += 1) rows.push({atMs, left: only[i], right: others[i], same: false});
    only = [];
  };
  for (const {added, removed, value} of diffArrays([...left], [...right], {comparator: alike})) {
    if (removed) only = value;
    else if (added) flush(value);
    else {
      flush([]);
      rows.push(...value.map(line => ({atMs, left: line, right: line, same: true})));
    }
  }
  flush([]);
  return rows;
}
