/** The body of a request as an object of its kind. */
import {cloneJson} from '../api/clone.ts';
import {yamlFault} from '../api/go-yaml.ts';
import type {Kind} from '../api/kinds.ts';
import * as status from '../api/status.ts';
import type {ApiError, KubeObject} from '../api/types.ts';
import {parseYaml} from '../api/yaml.ts';
import {inVersion, settleFields} from './decoding/convert.ts';
import {decodeCustom} from './decoding/custom.ts';
import {decode, decodeText, type FieldValidation, noKind, unrecognized} from './decoding/decode.ts';
import {parseJson} from './decoding/json.ts';
import {definitionOfKind} from './decoding/schema.ts';
import {setDefaults} from './defaulting/defaults.ts';
import {header, parameter, type Walk} from './request.ts';
import {schemaOf} from './resources.ts';
import type {Schema} from './validation/custom/schema.ts';

export const MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** The body as plain JSON, not yet of any kind. `type`: what it should be. Throws ApiError 400, 413. */
export function parseBody(walk: Walk, type = walk.kind.kind): unknown {
  return readBody(walk, why => unrecognized(type, why, String(walk.request.body)));
}

/** The same; `refusal` says of one that cannot be read why that is so. */
export function readBody(walk: Walk, refusal: (why: string, isYaml: boolean) => ApiError): unknown {
  const {body} = walk.request;
  if (typeof body !== 'string') return cloneJson(body);
  if (body.length > status.BODY_LIMIT) throw status.requestEntityTooLarge(`limit is ${status.BODY_LIMIT}`);
  if (!contentType(walk).includes('yaml')) {
    const parsed = parseJson(body);
    if (parsed.error !== undefined) throw refusal(noKind(parsed.error), false);
    return parsed.value;
  }
  const fault = yamlFault(body);
  if (fault) throw refusal(fault, true);
  try {
    return parseYaml(body);
  } catch (error) {
    throw refusal(`yaml: ${(error as Error).message}`, true);
  }
}

const contentType = ({request}: Walk): string => header(request, 'content-type').split(';')[0]!.trim();

const validationOf = (walk: Walk): FieldValidation => (parameter(walk.request, 'fieldValidation') || 'Warn') as FieldValidation;

/** Decoded as its kind, and defaulted. Throws ApiError 400 where it does not have that shape, 415 for a body in no known format. */
export function decodeBody(walk: Walk, kind: Kind): KubeObject {
  const {info} = walk;
  // No body is an empty one.
  const request = {...walk.request, body: walk.request.body ?? ''};
  const type = contentType(walk);
  if (type && !MEDIA_TYPES.includes(type) && !type.includes('patch')) throw status.unsupportedMediaType(MEDIA_TYPES);
  try {
    const options = {version: info.apiVersion, validation: validationOf(walk)};
    const asText = typeof request.body === 'string' && !type.includes('yaml');
    if (asText && (request.body as string).length > status.BODY_LIMIT) throw status.requestEntityTooLarge(`limit is ${status.BODY_LIMIT}`);
    const schema = schemaOf(kind) as Schema | undefined;
    const decoded = schema
      ? decodeCustom(parseBody(walk), asText ? (request.body as string) : undefined, kind, {...options, schema})
      : !definitionOfKind(kind)
        ? {object: parseBody(walk) as KubeObject, warnings: []}
        : asText
          ? decodeText(request.body as string, kind, options)
          : decode(typeof request.body === 'string' ? parseBody(walk) : request.body, kind, options);
    walk.warnings.push(...decoded.warnings);
    decoded.object.metadata ??= {};
    walk.stage(
      'decoding',
      decoded.warnings.length ? 'changed' : 'ok',
      decoded.warnings.join('; ') || `${decoded.object.apiVersion} ${decoded.object.kind}`,
    );
    setDefaults(decoded.object);
    settleFields(decoded.object);
    walk.stage('defaulting', 'ok', `defaults of ${decoded.object.apiVersion}`);
    return inVersion(decoded.object, kind, kind.version);
  } catch (error) {
    walk.stage('decoding', 'denied', (error as Error).message);
    throw error;
  }
}

/** An object that a patch made: decoded like a body. */
export function decodeObject(walk: Walk, kind: Kind, object: unknown): KubeObject {
  return decodeBody({...walk, request: {...walk.request, body: object, headers: {}}}, kind);
}

/** The options that a DELETE carries as its body, or {}. Throws ApiError 413, 415, and 500 for a body that cannot be read: nobody adds to it that the request is to blame. */
export function decodeOptions(walk: Walk): Record<string, unknown> {
  const {body} = walk.request;
  if (body === undefined || body === '') return {};
  const type = contentType(walk);
  if (type && !MEDIA_TYPES.includes(type)) throw status.unsupportedMediaType(MEDIA_TYPES);
  return (readBody(walk, status.plainError) ?? {}) as Record<string, unknown>;
}
