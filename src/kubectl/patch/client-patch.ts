/** Patches as commands make and apply them. */
import type {Kind} from '../../engine/api/kinds.ts';
import type {KubeObject} from '../../engine/api/types.ts';
import {ApiError} from '../../engine/api/types.ts';
import {type Definition, definitionOfKind} from '../../engine/apiserver/decoding/schema.ts';
import {applyJsonPatch, type JsonPatchOperation} from '../../engine/apiserver/patch/json-patch.ts';
import {applyMergePatch} from '../../engine/apiserver/patch/merge-patch.ts';
import {applyStrategicMergePatch} from '../../engine/apiserver/patch/strategic.ts';
import type {PatchType} from '../client.ts';
import {Failure} from '../failure.ts';
import {threeWay} from './three-way.ts';

/** The shape of a built-in kind; undefined for custom resources, which know only JSON merge patches. */
export const schemaFor = (kind: Kind): Definition | undefined => definitionOfKind(kind);

export const patchTypeFor = (kind: Kind): PatchType => (schemaFor(kind) ? 'strategic' : 'merge');

/** The change from one version of an object to the next, as a patch of the kind's own type. */
export const changePatch = (kind: Kind, before: KubeObject, after: KubeObject): Record<string, unknown> =>
  threeWay(before, after, before, schemaFor(kind));

/** A patch applied here, not by the server. Throws Failure where it does not fit. */
export function applyLocally(kind: Kind, type: PatchType, object: KubeObject, patch: unknown): KubeObject {
  try {
    if (type === 'json') return applyJsonPatch(object, patch as JsonPatchOperation[]) as KubeObject;
    const schema = schemaFor(kind);
    if (type === 'strategic' && schema)
      return applyStrategicMergePatch(object, patch as Record<string, unknown>, schema) as unknown as KubeObject;
    return applyMergePatch(object, patch) as KubeObject;
  } catch (error) {
    if (error instanceof ApiError) throw new Failure(error.message);
    throw error;
  }
}
