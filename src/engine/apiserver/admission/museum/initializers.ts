/**
 * The first way to extend admission: a list of names on the new object, each taken off by a controller outside when it had done its part. Alpha in 1.7, gone in 1.14.
 * upstream: plugin/pkg/admission/initialization/initialization.go (v1.9)
 */
import {timeout} from '../../../api/status.ts';
import {applyJsonPatch, type JsonPatchOperation} from '../../patch/json-patch.ts';
import {isObject} from '../../patch/merge-patch.ts';
import type {AdmissionPlugin, Attributes} from '../types.ts';

/** A row of an InitializerConfiguration, and the controller behind it, which is part of the simulation. */
export interface Initializer {
  readonly name: string;
  /** Plural names. */
  readonly resources: readonly string[];
  /** What its controller changes. */
  readonly patch?: readonly JsonPatchOperation[];
  /** The controller does not run: nobody takes the name off the list. */
  readonly dead?: boolean;
}

/** How long a create waited for its object. upstream: registry.go WaitUntilInitialized */
export const WAIT_SECONDS = 30;

/**
 * Each initializer in turn, the head of `metadata.initializers.pending` first. An object with names left was stored but shown to nobody, and its client
 * got a timeout: here the request ends as it did for the client.
 */
export function initializers(configured: readonly Initializer[] = []): AdmissionPlugin {
  return {
    name: 'Initializers',
    handles: attributes =>
      attributes.operation === 'CREATE' && attributes.subresource === '' && pendingFor(attributes, configured).length > 0,
    admit(attributes, context) {
      for (const {name, patch, dead} of pendingFor(attributes, configured)) {
        if (dead) {
          context.audit('initializers.pending', name);
          throw timeout(`request did not complete within ${WAIT_SECONDS}s: ${name} has not initialized the object`);
        }
        if (patch) change(attributes, patch);
      }
    },
  };
}

function pendingFor({resource}: Attributes, configured: readonly Initializer[]): readonly Initializer[] {
  return configured.filter(({resources}) => resources.includes(resource.resource) || resources.includes('*'));
}

function change({object}: Attributes, patch: readonly JsonPatchOperation[]): void {
  const changed = applyJsonPatch(object, patch);
  if (object && isObject(changed)) Object.assign(object, changed);
}
