/** upstream: plugin/pkg/admission/priority/admission.go */
import type {KubeObject, Pod, scheduling} from '../../api/types.ts';
import {isAbout, isPod} from './matching.ts';
import {refusal} from './refusal.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from './types.ts';

type PriorityClass = scheduling.PriorityClass & KubeObject;
const GROUP = 'scheduling.k8s.io';

/** Turns the name of a priority class into the number the scheduler compares. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: attributes => isPod(attributes, 'CREATE', 'UPDATE') || isAbout(attributes, GROUP, 'priorityclasses', 'CREATE', 'UPDATE'),
  admit(attributes, context) {
    if (attributes.resource.resource !== 'pods') return;
    if (attributes.operation === 'UPDATE') keepPriority(attributes);
    else resolvePriority(attributes, context);
  },
  validate(attributes, context) {
    if (attributes.resource.resource !== 'priorityclasses') return;
    const {globalDefault, metadata} = attributes.object as PriorityClass;
    if (!globalDefault) return;
    const standing = defaultClass(context);
    if (standing && (attributes.operation === 'CREATE' || standing.metadata.name !== metadata.name))
      throw refusal(attributes, `PriorityClass ${standing.metadata.name} is already marked as default. Only one default can exist`);
  },
};

/** A client that writes a pod back without its priority does not mean to change it. */
function keepPriority({object, oldObject}: Attributes): void {
  const spec = (object as Pod).spec!;
  const old = (oldObject as Pod).spec!;
  if (spec.priority === undefined && old.priority !== undefined) spec.priority = old.priority;
  if (spec.preemptionPolicy === undefined && old.preemptionPolicy !== undefined) spec.preemptionPolicy = old.preemptionPolicy;
}

function resolvePriority(attributes: Attributes, context: AdmissionContext): void {
  const spec = (attributes.object as Pod).spec!;
  const name = spec.priorityClassName;
  const found = name ? context.get<PriorityClass>('priorityclasses', '', name) : defaultClass(context);
  if (name && !found) throw refusal(attributes, `no PriorityClass with name ${name} was found`);
  if (!name && found) spec.priorityClassName = found.metadata.name!;
  const value = found?.value ?? 0;
  if (spec.priority !== undefined && spec.priority !== value)
    throw refusal(
      attributes,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  spec.priority = value;
  const policy = found ? found.preemptionPolicy : 'PreemptLowerPriority';
  if (policy === undefined) return;
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy)
    throw refusal(
      attributes,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    );
  spec.preemptionPolicy = policy;
}

/** Of several defaults the lowest holds. */
function defaultClass(context: AdmissionContext): PriorityClass | undefined {
  let lowest: PriorityClass | undefined;
  for (const candidate of context.list<PriorityClass>('priorityclasses'))
    if (candidate.globalDefault && (!lowest || candidate.value < lowest.value)) lowest = candidate;
  return lowest;
}
