/** The two phases of admission of one request. */
import type {KubeObject} from '../api/types.ts';
import type {Attributes} from './admission/types.ts';
import type {Walk} from './request.ts';

/** Returns the object as the mutating plugins leave it: a mutable copy. Throws ApiError where one refuses. */
export function admitMutating(_walk: Walk, attributes: Attributes): KubeObject {
  return attributes.object!;
}

/** Throws ApiError where a plugin refuses. */
export function admitValidating(_walk: Walk, _attributes: Attributes): void {}
