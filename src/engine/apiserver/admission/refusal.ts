/** upstream: staging/src/k8s.io/apiserver/pkg/admission/errors.go */
import {forbidden} from '../../api/status.ts';
import type {ApiError} from '../../api/types.ts';
import {aggregate} from '../authorization/union.ts';
import type {Attributes} from './types.ts';

/** The 403 of a plugin: `pods "web" is forbidden: WHY`. */
export function refusal(attributes: Attributes, why: string): ApiError {
  return forbidden(attributes.resource, objectName(attributes), why);
}

/** The name has not been generated yet when admission runs. */
export function objectName({name, object}: Attributes): string {
  return name || object?.metadata.name || object?.metadata.generateName || 'Unknown';
}

/** Several errors in one text; undefined for none. */
export const joinErrors = (errors: readonly string[]): string | undefined => (errors.length > 0 ? aggregate(errors) : undefined);
