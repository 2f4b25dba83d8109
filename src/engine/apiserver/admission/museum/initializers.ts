/**
 * The first way to extend admission: a list of names on the new object, each taken off by a controller outside when it had done its part. Alpha in 1.7, gone in 1.14.
 * upstream: plugin/pkg/admission/initialization/initialization.go (v1.9)
 */
import {isJsonObject} from '../../../api/clone.ts';
import {timeout} from '../../../api/status.ts';
import type {KubeObject} from '../../../api/types.ts';
import {applyJsonPatch, type JsonPatchOperation} from '../../patch/json-patch.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from '../types.ts';

/** The controller behind a name of an InitializerConfiguration: a program somebody ran; here it is part of the simulation. */
export interface Initializer {
  readonly name: string;
  /** Plural names; without them the InitializerConfigurations of the cluster say what it is for. */
  readonly resources?: readonly string[];
  /** What its controller changes. */
  readonly patch?: readonly JsonPatchOperation[];
  /** The controller does not run: nobody takes the name off the list. */
  readonly dead?: boolean;
}

/** admissionregistration.k8s.io/v1alpha1, long gone from the API: a world that wants it defines it as a custom resource. */
interface InitializerConfiguration extends KubeObject {
  initializers?: {name: string; rules?: {apiGroups?: string[]; resources?: string[]}[]}[];
}

/** How long a create waited for its object. upstream: registry.go WaitUntilInitialized */
const WAIT_SECONDS = 30;

/**
 * Each initializer in turn, the head of `metadata.initializers.pending` first. An object with names left was stored but shown to nobody, and its client
 * got a timeout: here the request ends as it did for the client.
 */
export function initializers(configured: readonly Initializer[] = []): AdmissionPlugin {
  return {
    name: 'Initializers',
    handles: ({operation, subresource}) => operation === 'CREATE' && subresource === '',
    admit(attributes, context) {
      for (const {name, patch, dead} of pendingFor(attributes, context, configured)) {
        if (dead) {
          context.audit('initializers.pending', name);
          throw timeout(`request did not complete within ${WAIT_SECONDS}s: ${name} has not initialized the object`);
        }
        if (patch) change(attributes, patch);
      }
    },
  };
}

/** The list that the object begins with: a name that no controller answers to stays on it. */
function pendingFor({resource}: Attributes, context: AdmissionContext, configured: readonly Initializer[]): readonly Initializer[] {
  const fits = (values: readonly string[] = [], value: string): boolean => values.includes(value) || values.includes('*');
  const named = context
    .list<InitializerConfiguration>('initializerconfigurations')
    .flatMap(({initializers = []}) => initializers)
    .filter(({rules = []}) => rules.some(({apiGroups, resources}) => fits(apiGroups, resource.group) && fits(resources, resource.resource)))
    .map(({name}) => configured.find(one => one.name === name) ?? {name, dead: true});
  return [...named, ...configured.filter(({resources}) => resources && fits(resources, resource.resource))];
}

function change({object}: Attributes, patch: readonly JsonPatchOperation[]): void {
  const changed = applyJsonPatch(object, patch);
  if (object && isJsonObject(changed)) Object.assign(object, changed);
}
