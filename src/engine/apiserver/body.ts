/** The body of a request as an object of its kind. */
import {parse} from 'yaml';
import {cloneJson} from '../api/clone.ts';
import {apiVersionOf, type Kind} from '../api/kinds.ts';
import * as status from '../api/status.ts';
import type {KubeObject} from '../api/types.ts';
import {header, type Walk} from './request.ts';

/** The body as plain JSON, not yet of any kind. Throws ApiError 400, 413. */
export function parseBody(walk: Walk): unknown {
  const {body} = walk.request;
  if (typeof body !== 'string') return cloneJson(body);
  if (body.length > status.BODY_LIMIT) throw status.requestEntityTooLarge(`limit is ${status.BODY_LIMIT}`);
  try {
    return header(walk.request, 'content-type').includes('yaml') ? parse(body) : JSON.parse(body);
  } catch (error) {
    throw status.badRequest((error as Error).message);
  }
}

/** Decoded and defaulted. Throws ApiError 400 where it does not have the shape of its kind. */
export function decodeBody(walk: Walk, kind: Kind): KubeObject {
  const raw = parseBody(walk) as KubeObject;
  if (!raw || typeof raw !== 'object' || Array.isArray(raw))
    throw status.badRequest('the object provided is unrecognized (must be of type ' + kind.kind + ')');
  raw.apiVersion ??= apiVersionOf({...kind, version: walk.info.apiVersion});
  raw.kind ??= kind.kind;
  raw.metadata ??= {};
  walk.stage('decoding', 'ok', `${raw.apiVersion} ${raw.kind}`);
  return raw;
}

/** The options that a DELETE carries as its body, or {}. */
export function decodeOptions(walk: Walk, _kind: string): Record<string, unknown> {
  const raw = walk.request.body === undefined || walk.request.body === '' ? {} : parseBody(walk);
  return (raw ?? {}) as Record<string, unknown>;
}
