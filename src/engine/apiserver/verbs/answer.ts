/** The answer to a request. */
import {present} from '../presentation.ts';
import {type ApiResponse, type Walk, warningHeader} from '../request.ts';

const JSON_TYPE = 'application/json';

/** A JSON answer, with the warnings that came up on the way. */
export function answer(walk: Walk, code: number, body: unknown): ApiResponse {
  const headers: ApiResponse['headers'] = {'content-type': JSON_TYPE};
  if (walk.warnings.length) headers['warning'] = warningHeader(walk.warnings);
  walk.stage('response', 'ok', String(code));
  return {code, headers, body: present(walk, body)};
}
