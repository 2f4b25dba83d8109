/** Why something is as it is: the chain of causes from the step that wrote it back to the keystroke. */
import type {KubeObject, Pod} from '../engine/api/types.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {Journal} from '../engine/machine/journal.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Step} from '../engine/machine/types.ts';
import {CAPS} from './caps.ts';
import type {WhyFacts} from './facts/facts.ts';
import {lastChangeOf, originText, writeOf} from './field-origin.ts';
import {fieldAt} from './field-path.ts';
import {NOTHING_ASKED} from './nothing.ts';
import {keyOfRef} from './objects.ts';
import {onceEach} from './once-each.ts';
import {podAnswer} from './pod-answer.ts';
import {tellStep} from './step-words.ts';
import type {Ref} from './styled.ts';

/** What is asked about. */
export interface Question {
  readonly ref: Ref;
  /** Path of a field of the object, `spec.nodeName`. */
  readonly field?: string | undefined;
  /** Position of the journal at which it was asked: what came later is no part of the answer, wherever one stands meanwhile. */
  readonly at: number;
}

/** The answer: the step that wrote it last, what caused that step, and so on to the outside world. */
export function whyFacts(machine: Machine, question: Question | undefined): WhyFacts {
  if (!question) return NOTHING_ASKED;
  const {steps, position} = machine.journal;
  const effect = effectOf(machine.journal, question);
  const causes: Step[] = [];
  for (let step = effect; step; step = step.cause === 0 ? undefined : stepById(steps, step.cause)) causes.push(step);
  return {
    subject: subjectOf(question, effect),
    answer: answerOf(machine, question, effect),
    chain: linksOf(causes).map(({step, skipped}) => ({
      step: step.id,
      atMs: step.at,
      here: step.id === position,
      ...(skipped > 0 && {skipped}),
      ...told(step),
    })),
  };
}

const told = onceEach(tellStep);

/** How many of the links at the other end of a long chain are told: what it all began with. */
const LAST_LINKS = 20;

/** Of a long chain its two ends; the second one begins with how many are left out before it. */
function linksOf(causes: readonly Step[]): {readonly step: Step; readonly skipped: number}[] {
  const skipped = Math.max(0, causes.length - CAPS.links);
  const resumed = causes.length - LAST_LINKS;
  return causes
    .filter((_, at) => skipped === 0 || at < CAPS.links - LAST_LINKS || at >= resumed)
    .map(step => ({step, skipped: step === causes[resumed] ? skipped : 0}));
}

/** Ids of steps follow one another without gaps. */
const stepById = (steps: readonly Step[], id: number): Step | undefined => steps[id - (steps[0]?.id ?? 0)];

/** What was found for each question: the past it was asked of does not change. `last`: the last step of that past. */
const found = new WeakMap<Question, {readonly last: Step | undefined; readonly effect: Step | undefined}>();

function effectOf({steps, first}: Journal, question: Question): Step | undefined {
  const end = Math.max(0, Math.min(steps.length, question.at - first));
  const last = steps[end - 1];
  const known = found.get(question);
  if (known && known.last === last) return known.effect;
  const effect = searched(end === steps.length ? steps : steps.slice(0, end), question);
  found.set(question, {last, effect});
  return effect;
}

function searched(steps: readonly Step[], {ref, field}: Question): Step | undefined {
  if (ref.kind === 'step') return stepById(steps, ref.step);
  const key = ref.kind === 'object' ? keyOfRef(ref) : undefined;
  if (key === undefined) return undefined;
  return field === undefined ? steps.findLast(step => writeOf(step, key)) : lastChangeOf(steps, key, field);
}

function subjectOf({ref, field}: Question, effect: Step | undefined): string {
  if (ref.kind !== 'object') return effect ? `step ${effect.id}` : '';
  return [`${ref.resource}/${ref.name}`, field].filter(Boolean).join(' ');
}

function answerOf(machine: Machine, {ref, field}: Question, effect: Step | undefined): string {
  const key = ref.kind === 'object' ? keyOfRef(ref) : undefined;
  if (ref.kind !== 'object' || key === undefined) return '';
  if (!effect) return field === undefined ? `There has been no ${ref.resource}/${ref.name}.` : `No write has ever given ${field} a value.`;
  if (field !== undefined) {
    const written = writeOf(effect, key)!.new;
    const value = fieldAt(written?.value, field);
    return `${field} is ${valueText(value)}${written ? ` since revision ${written.modRevision}` : ''}: ${originText(effect, key, field)}.`;
  }
  const stored = machine.table<KeyValue<KubeObject>>(KV).find('key', key)?.value;
  return stored && ref.resource === 'pods' ? podAnswer(machine, stored as Pod) : '';
}

const valueText = (value: unknown): string => (value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value));
