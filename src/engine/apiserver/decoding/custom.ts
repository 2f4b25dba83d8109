/** The body of a custom resource. upstream: apiextensions-apiserver/pkg/apiserver/customresource_handler.go schemaCoercingDecoder, pkg/registry/customresource/validator.go ValidateTypeMeta */
import {isJsonObject} from '../../api/clone.ts';
import {invalidValue} from '../../api/field-errors.ts';
import {apiVersionOf} from '../../api/group-version.ts';
import type {Kind} from '../../api/kinds.ts';
import * as status from '../../api/status.ts';
import type {KubeObject} from '../../api/types.ts';
import {pruned, unknownFields} from '../validation/custom/conform.ts';
import {type Schema, withoutOwn} from '../validation/custom/schema.ts';
import type {Decoded, FieldValidation} from './decode.ts';
import {parseJson} from './json.ts';

interface Options {
  /** That of the path. */
  readonly version: string;
  readonly validation: FieldValidation;
  readonly schema: Schema;
}

/** A parsed body; `text` is what it was read from, where it was JSON. Throws ApiError 400, 422. */
export function decodeCustom(body: unknown, text: string | undefined, kind: Kind, {version, validation, schema}: Options): Decoded {
  const expected = apiVersionOf({group: kind.group, version});
  if (!isJsonObject(body) || typeof body['kind'] !== 'string' || body['kind'] === '') {
    const shown = text ?? JSON.stringify(body);
    throw status.badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): Object 'Kind' is missing in '${shown}'`);
  }
  const object = body as unknown as KubeObject;
  const {apiVersion = '', metadata} = object as Partial<KubeObject>;

  // 1. What it has that the schema has not, or twice.
  const whole: Schema = {...schema, properties: withoutOwn(schema), 'x-kubernetes-embedded-resource': true};
  const doubled = text === undefined ? undefined : parseJson(text);
  const strict = [
    ...(doubled && doubled.error === undefined ? doubled.duplicates.map(field => `duplicate field "${field}"`) : []),
    ...unknownFields(whole, body).map(field => `unknown field "${field}"`),
  ];
  if (validation === 'Strict' && strict.length > 0) {
    const given = apiVersion.split('/').at(-1);
    throw status.badRequest(
      `${object.kind} in version "${given}" cannot be handled as a ${kind.kind}: strict decoding error: ${strict.join(', ')}`,
    );
  }

  // 2. Whether it is what the path says.
  if (apiVersion !== expected)
    throw status.badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`);
  if (object.kind !== kind.kind)
    throw status.invalid({group: kind.group, kind: kind.kind}, metadata?.name ?? '', [
      invalidValue('kind', object.kind, `must be ${kind.kind}`),
    ]);
  return {object: pruned(whole, object) as KubeObject, warnings: validation === 'Warn' ? strict : []};
}
