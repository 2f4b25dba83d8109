/** Subresources that are a part of their object and change only that: an update or a patch of the object, which the kind's strategy narrows down. */

import {decodeBody} from '../body.ts';
import {mustRead} from '../registry.ts';
import {type ApiResponse, parameter, type Walk} from '../request.ts';
import {answer} from '../verbs/answer.ts';
import {get} from '../verbs/get.ts';
import {checkWriteOptions} from '../verbs/options.ts';
import {patch} from '../verbs/patch.ts';
import {checkNames, updateObject} from '../verbs/update.ts';

/** `ephemeralcontainers`, `resize`, `approval`, `finalize`: get, update and patch. */
export function part(walk: Walk): ApiResponse {
  const {info, kind, tx} = walk;
  if (info.verb === 'get') return get(walk);
  if (info.verb === 'patch') return patch(walk);
  checkWriteOptions(walk.request, 'UpdateOptions');
  const object = decodeBody(walk, kind);
  checkNames(walk, object);
  return answer(
    walk,
    200,
    updateObject(walk, object, mustRead(tx, kind, info.namespace, info.name), parameter(walk.request, 'dryRun') !== ''),
  );
}
