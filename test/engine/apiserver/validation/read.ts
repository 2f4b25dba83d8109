/** A manifest as the server has it before it validates it. */

import {parse} from 'yaml';
import {parseApiVersion} from '../../../../src/engine/api/group-version.ts';
import {byKind} from '../../../../src/engine/api/kinds.ts';
import type {KubeObject} from '../../../../src/engine/api/types.ts';
import {decode} from '../../../../src/engine/apiserver/decoding/decode.ts';
import {setDefaults} from '../../../../src/engine/apiserver/defaulting/defaults.ts';
import {strategyFor} from '../../../../src/engine/apiserver/validation/strategies.ts';

/** The object decoded and defaulted, named `a` where it has no name; and the rules of its kind. */
export function read(manifest: string) {
  const given = parse(manifest) as KubeObject;
  const {group, version} = parseApiVersion(given.apiVersion);
  const kind = byKind(group, version, given.kind)!;
  const {object} = decode(given, kind, {validation: 'Strict'});
  setDefaults(object);
  Object.assign(object.metadata, {name: object.metadata.name ?? 'a', uid: 'f00', ...(kind.namespaced && {namespace: 'default'})});
  return {object, strategy: strategyFor(kind)};
}
