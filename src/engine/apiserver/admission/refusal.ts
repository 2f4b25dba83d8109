/** upstream: staging/src/k8s.io/apiserver/pkg/admission/errors.go */
import {forbidden} from '../../api/status.ts';
import type {ApiError} from '../../api/types.ts';
import type {Attributes} from './types.ts';

/** The 403 of a plugin: `pods "web" is forbidden: WHY`. */
export function refusal(attributes: Attributes, why: string): ApiError {
  return forbidden(attributes.resource, objectName(attributes), why);
}

/** The name has not been generated yet when admission runs. */
export function objectName({name, object}: Attributes): string {
  return name || object?.metadata.name || object?.metadata.generateName || 'Unknown';
}

/** Go's join of several errors: one stands bare, several in `[a, b]`; undefined for none. upstream: utilerrors.NewAggregate */
export function joinErrors(errors: readonly string[]): string | undefined {
  const distinct = [...new Set(errors)];
  if (distinct.length <= 1) return distinct[0];
  return `[${distinct.join(', ')}]`;
}
