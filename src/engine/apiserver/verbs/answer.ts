/** The answer to a request. */
import {asAsked} from '../presentation.ts';
import type {ApiResponse, Walk} from '../request.ts';

export const JSON_TYPE = 'application/json';

/** A JSON answer, with the warnings that came up on the way. */
export function answer(walk: Walk, code: number, body: unknown): ApiResponse {
  const headers: ApiResponse['headers'] = {'content-type': JSON_TYPE};
  if (walk.warnings.length) headers['warning'] = walk.warnings.map(text => `299 - ${JSON.stringify(text)}`);
  walk.stage('response', 'ok', String(code));
  return {code, headers, body: asAsked(walk, body)};
}
