/** What the clock can be made to stop at: a table of kinds, each of which reads its words and knows when a step of the journal is one. */
import type {RequestNote} from '../../engine/apiserver/request.ts';
import {type KeyValue, KV} from '../../engine/apiserver/storage.ts';
import {PROCESSES, type Process} from '../../engine/client/processes.ts';
import type {Machine} from '../../engine/machine/machine.ts';
import type {Step} from '../../engine/machine/types.ts';
import {keyOfRef, refNamed} from '../../selectors/objects.ts';
import {breakableStages, stageIn} from '../../selectors/stage-steps.ts';
import {linesOf} from '../../selectors/story.ts';

export interface Breakpoint {
  readonly id: number;
  readonly kind: BreakpointKindName;
  /** What it stops at: a stage, a component, an object's key; '' where the kind says it all. */
  readonly of: string;
}

/** What a kind may look at. */
export interface Surroundings {
  readonly machine: Machine;
  readonly namespace: string;
  /** Texts of the objectives of the step at hand that have come true with this step of the journal. */
  newlyMet(): readonly string[];
}

/** Why the clock stopped. */
export interface Hit {
  readonly why: string;
  /** The learner's request that is to be held at a stage: its id, and how many stages it has passed. */
  readonly walk?: {readonly request: string; readonly passed: number};
}

interface BreakpointKind {
  readonly usage: string;
  readonly about: string;
  /** What the words after `break` name; `{wrong}` says what is wrong with them, undefined that another kind is meant. */
  read(words: readonly string[], around: Surroundings): string | {readonly wrong: string} | undefined;
  /** Whether a step of the journal is one to stop at. */
  hit(step: Step, of: string, around: Surroundings): Hit | undefined;
}

export const breakpointKinds = {
  stage: {
    usage: 'break stage authz',
    about: 'a request, or what follows it, reaches a stage of the pipeline',
    read([word, stage = '']) {
      if (word !== 'stage') return undefined;
      return breakableStages.includes(stage) ? stage : {wrong: `there is no stage ${stage}: it can be ${breakableStages.join(', ')}`};
    },
    hit(step, of, {machine}) {
      const found = stageIn(step, of, machine);
      if (!found) return undefined;
      const {request, passed, text} = found;
      const held = request && isLearners(step, request) && passed !== undefined ? {walk: {request: request.id, passed}} : {};
      return {why: text, ...held};
    },
  },
  component: {
    usage: 'break component kube-scheduler',
    about: 'a component does something: a request, a decision, a line of its story',
    read([word, name = ''], {machine}) {
      if (word !== 'component') return undefined;
      const known = componentNames(machine);
      return known.includes(name) ? name : {wrong: `there is no component ${name}: it can be ${known.join(', ')}`};
    },
    hit(step, of, {machine}) {
      const component = componentOf(step, machine);
      const at = component?.component === of || component?.program === of;
      const line = linesOf(step).find(each => at || each.who.split('/')[0] === of);
      return line && {why: `${line.who}: ${line.what}`};
    },
  },
  object: {
    usage: 'break pod/web [-n NAMESPACE]',
    about: 'an object is created, changed or deleted',
    read(words, {namespace}) {
      const flag = words.findIndex(word => word === '-n' || word === '--namespace');
      const name = words.find((word, index) => word.includes('/') && (flag < 0 || index !== flag + 1));
      if (name === undefined) return undefined;
      const ref = refNamed(name, flag < 0 ? namespace : (words[flag + 1] ?? namespace));
      const key = ref && keyOfRef(ref);
      return key ?? {wrong: `${name} names no object: write it as pod/web`};
    },
    hit(step, of) {
      const write = step.writes.findLast(each => each.table === KV && ((each.new ?? each.old) as KeyValue).key === of);
      if (!write) return undefined;
      const done = !write.old ? 'was created' : !write.new ? 'was deleted' : 'was changed';
      const [line] = linesOf(step);
      return {
        why: `${of.replace('/registry/', '')} ${done} at revision ${step.after.revision}${line ? ` by ${line.who}: ${line.what}` : ''}`,
      };
    },
  },
  objective: {
    usage: 'break objective',
    about: 'an objective of the step at hand comes true',
    read: ([word]) => (word === 'objective' || word === 'check' ? '' : undefined),
    hit(_step, _of, around) {
      const met = around.newlyMet();
      return met.length > 0 ? {why: `it is met: ${met.join('; ')}`} : undefined;
    },
  },
} as const satisfies Record<string, BreakpointKind>;

export type BreakpointKindName = keyof typeof breakpointKinds;

/** `stage authz`, `pods/default/web`, `objective`. */
export const breakpointText = ({kind, of}: Pick<Breakpoint, 'kind' | 'of'>): string =>
  kind === 'object' ? of.replace('/registry/', '') : `${kind} ${of}`.trim();

const isLearners = (step: Step, request: RequestNote): boolean => step.cause === 0 && request.client === 'kubectl';

function componentOf({event}: Step, machine: Machine): Process | undefined {
  return event.to === undefined ? undefined : machine.table<Process>(PROCESSES).find('owner', event.to);
}

/** Components and the programs they are part of. */
export function componentNames(machine: Machine): string[] {
  const all = [...machine.table<Process>(PROCESSES).entries()].flatMap(([, process]) => [process.program, process.component]);
  return [...new Set(all)].sort();
}
