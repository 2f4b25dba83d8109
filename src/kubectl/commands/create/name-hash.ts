/** `--append-hash`: a name that changes with the content. upstream: staging/src/k8s.io/kubectl/pkg/util/hash/hash.go */
import {compactJson} from '../../../engine/api/go-json.ts';
import {hex, sha256} from '../../../engine/api/sha256.ts';
import type {KubeObject} from '../../../engine/api/types.ts';

const LENGTH = 10;
/** Letters that could make a word are told by others. */
const INSTEAD: Readonly<Record<string, string>> = {'0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't'};

/** The object with a hash of what it holds behind its name. */
export function withHash(object: KubeObject): KubeObject {
  const {kind, metadata, data = {}, type = ''} = object as KubeObject & {data?: object; type?: string};
  const content = kind === 'Secret' ? {data, kind, name: metadata.name, type} : {data, kind, name: metadata.name};
  const hash = [...hex(sha256(compactJson(content))).slice(0, LENGTH)].map(digit => INSTEAD[digit] ?? digit).join('');
  return {...object, metadata: {...metadata, name: `${metadata.name}-${hash}`}};
}
