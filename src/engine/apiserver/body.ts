/** The body of a request as an object of its kind. */
import {cloneJson} from '../api/clone.ts';
import type {Kind} from '../api/kinds.ts';
import * as status from '../api/status.ts';
import type {KubeObject} from '../api/types.ts';
import {parseYaml} from '../api/yaml.ts';
import {inVersion, settleFields} from './decoding/convert.ts';
import {decodeCustom} from './decoding/custom.ts';
import {decode, decodeText, type FieldValidation} from './decoding/decode.ts';
import {MAX_DEPTH, nestsTooDeeply, parseJson} from './decoding/json.ts';
import {definitionOfKind} from './decoding/schema.ts';
import {setDefaults} from './defaulting/defaults.ts';
import {header, parameter, type Walk} from './request.ts';
import {schemaOf} from './resources.ts';
import type {Schema} from './validation/custom/schema.ts';

export const MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** The body as plain JSON, not yet of any kind. Throws ApiError 400, 413, 415. */
export function parseBody(walk: Walk): unknown {
  const {body} = walk.request;
  if (typeof body !== 'string') return cloneJson(body);
  if (body.length > status.BODY_LIMIT) throw status.requestEntityTooLarge(`limit is ${status.BODY_LIMIT}`);
  const isYaml = header(walk.request, 'content-type').includes('yaml');
  if (!isYaml && nestsTooDeeply(body)) throw status.badRequest(MAX_DEPTH);
  try {
    return isYaml ? parseYaml(body) : JSON.parse(body);
  } catch (error) {
    throw status.badRequest((error as Error).message);
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
  const fault = typeof body === 'string' && !type.includes('yaml') ? parseJson(body).error : undefined;
  if (fault !== undefined) throw status.plainError(`couldn't get version/kind; json parse error: ${fault}`);
  return (parseBody(walk) ?? {}) as Record<string, unknown>;
}
