/** How a patch that cannot be applied is refused. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */
import {invalidValue} from '../../api/field-errors.ts';
import {invalid} from '../../api/status.ts';
import {ApiError} from '../../api/types.ts';
import type {DecodingError} from '../decoding/decode.ts';

/** The server does not say what is wrong with a patch; `why` stays in its own log (the error's `cause`). */
export function invalidPatch(why: string): ApiError {
  const error = new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the server rejected our request due to an error in our request',
    reason: 'Invalid',
    details: {},
    code: 422,
  });
  error.cause = why;
  return error;
}

/** A patch whose outcome is no object of its kind. `shown`: what was patched, as text. */
export const patchedOutOfShape = (shown: string, why: string): ApiError =>
  invalid({group: '', kind: ''}, '', [invalidValue('patch', shown, why)]);

/** Basic types between which Go would convert and JSON would not. */
const CONVERTIBLE: Readonly<Record<string, RegExp>> = {
  int64: /^(string|float64)$/,
  float64: /^int(32|64)$/,
};
const CONTAINERS: readonly (readonly [RegExp, string])[] = [
  [/^map\[|ResourceList$/, 'cannot restore map from'],
  [/^\[\]/, 'cannot restore slice from'],
];
const REFLECTED: Readonly<Record<string, string>> = {object: 'map', array: 'slice', boolean: 'bool'};

/** What a strategic merge patch is refused with, which goes into its object without being JSON again. upstream: apimachinery/pkg/runtime/converter.go fromUnstructured */
export function conversionError({why, mismatch}: DecodingError): string {
  if (!mismatch) return why;
  const {from, to, value} = mismatch;
  const source = from === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : (REFLECTED[from] ?? from);
  const container = CONTAINERS.find(([type]) => type.test(to));
  if (container) return `${container[1]} ${source}`;
  if (CONVERTIBLE[source]?.test(to)) return `cannot convert ${source} to ${to}`;
  if (/^(string|bool|u?int\d*|float64)$/.test(to)) return `unrecognized type: ${to}`;
  return `cannot restore struct from: ${source}`;
}
