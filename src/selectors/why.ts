/** Why something is as it is: the chain of causes from the step that wrote it back to the keystroke. */
import type {KubeObject, Pod} from '../engine/api/types.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Step} from '../engine/machine/types.ts';
import type {WhyFacts} from './facts/facts.ts';
import {lastChangeOf, originText, writeOf} from './field-origin.ts';
import {fieldAt} from './field-path.ts';
import {NOTHING_ASKED} from './nothing.ts';
import {keyOfRef} from './objects.ts';
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
  const {steps, first, position} = machine.journal;
  const known = question.at - first >= steps.length ? steps : steps.slice(0, Math.max(0, question.at - first));
  const effect = effectOf(known, question);
  const answer = answerOf(machine, question, effect);
  if (!effect) return {subject: subjectOf(question, undefined), answer, chain: []};
  const chain: WhyFacts['chain'][number][] = [];
  for (let step: Step | undefined = effect; step; step = step.cause === 0 ? undefined : stepById(known, step.cause))
    chain.push({step: step.id, atMs: step.at, here: step.id === position, ...tellStep(step)});
  return {subject: subjectOf(question, effect), answer, chain};
}

/** Ids of steps follow one another without gaps. */
const stepById = (steps: readonly Step[], id: number): Step | undefined => steps[id - (steps[0]?.id ?? 0)];

function effectOf(steps: readonly Step[], {ref, field}: Question): Step | undefined {
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
