/** upstream: plugin/pkg/admission/runtimeclass/admission.go */
import {cmp, parseQuantity} from '../../api/quantity.ts';
import type {core, KubeObject, Pod} from '../../api/types.ts';
import {isPod} from './matching.ts';
import {refusal} from './refusal.ts';
import {mergeTolerations} from './tolerations.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from './types.ts';

interface RuntimeClass extends KubeObject {
  handler: string;
  overhead?: {podFixed?: Record<string, string>};
  scheduling?: {nodeSelector?: Record<string, string>; tolerations?: core.Toleration[]};
}

const OVERHEAD_MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

/** What a runtime costs and where it can run come from its class. */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: attributes => isPod(attributes, 'CREATE'),
  admit(attributes, context) {
    const found = lookUp(attributes, context);
    const spec = (attributes.object as Pod).spec!;
    if (found?.overhead) {
      const fixed = found.overhead.podFixed ?? {};
      if (spec.overhead && !equal(fixed, spec.overhead)) throw refusal(attributes, OVERHEAD_MISMATCH);
      spec.overhead = {...fixed};
    }
    if (found?.scheduling) applyScheduling(attributes, spec, found.scheduling);
  },
  validate(attributes, context) {
    const found = lookUp(attributes, context);
    const {overhead} = (attributes.object as Pod).spec!;
    if (found?.overhead) {
      if (!equal(found.overhead.podFixed ?? {}, overhead ?? {})) throw refusal(attributes, OVERHEAD_MISMATCH);
    } else if (overhead && Object.keys(overhead).length > 0)
      throw refusal(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
  },
};

function lookUp(attributes: Attributes, context: AdmissionContext): RuntimeClass | undefined {
  const name = (attributes.object as Pod).spec!.runtimeClassName;
  if (!name) return undefined;
  const found = context.get<RuntimeClass>('runtimeclasses', '', name);
  if (!found) throw refusal(attributes, `pod rejected: RuntimeClass "${name}" not found`);
  return found;
}

function applyScheduling(
  attributes: Attributes,
  spec: core.PodSpec,
  {nodeSelector = {}, tolerations = []}: NonNullable<RuntimeClass['scheduling']>,
): void {
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key];
    if (own !== undefined && own !== value)
      throw refusal(
        attributes,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
      );
    spec.nodeSelector = {...spec.nodeSelector, [key]: value};
  }
  if (tolerations.length > 0) spec.tolerations = mergeTolerations(spec.tolerations ?? [], tolerations).map(toleration => ({...toleration}));
}

function equal(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every(name => name in b && cmp(parseQuantity(a[name]!), parseQuantity(b[name]!)) === 0)
  );
}
