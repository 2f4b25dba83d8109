/** Places in time worth going to. */
import type {Cluster} from '../../engine/cluster/cluster.ts';
import type {Step} from '../../engine/machine/types.ts';
import {stepText} from '../../selectors/step-words.ts';
import {clockText} from '../../selectors/time-text.ts';
import type {Bookmark, Branch, State} from '../state.ts';
import type {TimeView, Unit} from '../types.ts';

/** Whether stopping after a step is worth it, by unit: anything; a request or a line of the story; a commit. */
export const stops: Readonly<Record<Unit, (step: Step) => boolean>> = {
  event: () => true,
  stage: step => step.notes.some(n => n.kind === 'request' || n.kind === 'trace' || n.kind === 'decision'),
  revision: step => step.after.revision !== step.revisionBefore,
};

/** The position to go to, one unit back or forth; the ends where there is none. */
export function nextPlace({history, machine}: Cluster, by: 1 | -1, unit: Unit): number {
  const {journal} = machine;
  for (let at = history.position + by; at > history.first && at <= history.length; at += by)
    if (stops[unit](journal.steps[at - 1 - journal.first]!)) return at;
  return by < 0 ? history.first : history.length;
}

/** The position of the next mark back or forth; the ends where there is none. */
export function nextLandmark({history}: Cluster, by: 1 | -1, marks: TimeView['marks']): number {
  const places = marks.map(mark => mark.step).filter(step => (by < 0 ? step < history.position : step > history.position));
  if (places.length === 0) return by < 0 ? history.first : history.length;
  return by < 0 ? Math.max(...places) : Math.min(...places);
}

/** The learner's commands and bookmarks on the timeline. */
export function landmarks({machine}: Cluster, entries: Branch['entries'], bookmarks: readonly Bookmark[]): TimeView['marks'] {
  const {journal} = machine;
  const timeAt = (position: number): number => journal.steps[position - journal.first]?.at ?? machine.now;
  return [
    ...entries
      .filter(e => !e.aside)
      .map(e => ({step: e.position, atMs: timeAt(e.position), label: e.line, kind: e.failed ? ('error' as const) : ('command' as const)})),
    ...bookmarks.map(({name, position}) => ({step: position, atMs: timeAt(position), label: name, kind: 'bookmark' as const})),
  ];
}

/** Steps are counted from where the learner's time begins. */
export const stepNumber = ({world}: Pick<State, 'world'>, position: number): number => position - (world?.from ?? 0);

/** Where one stands, in words: `step 40 of 57, 12.345s. kube-scheduler: chose node-2 for default/web`. */
export function placeText(state: Pick<State, 'world'>, {history, machine}: Cluster): string {
  const {journal} = machine;
  const step = journal.steps[history.position - 1 - journal.first];
  const past = history.position < history.length;
  const count = `step ${stepNumber(state, history.position)}${past ? ` of ${stepNumber(state, history.length)}` : ''}`;
  const place = `${past ? 'the past, ' : ''}${count}, ${clockText(machine.now)}`;
  return step && history.position > history.first ? `${place}. ${stepText(step)}` : `${place}, the beginning`;
}
