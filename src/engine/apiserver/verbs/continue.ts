/** Where a page of a list goes on: at a revision, from a key on. upstream: staging/src/k8s.io/apiserver/pkg/storage/continue.go */
import * as status from '../../api/status.ts';
import {parseJson} from '../decoding/json.ts';

export interface Continue {
  readonly rv: number;
  /** The first key that may follow, below the list's prefix. */
  readonly start: string;
}

const VERSION = 'meta.k8s.io/v1';
const NOT_VALID = 'continue key is not valid';

/** Instead of a revision: the rest as it is by then, though it may not go with what came before. */
export const INCONSISTENT = -1;

/** A token in base64url without padding. `start`: the first key that may follow. */
export function encodeContinue(rv: number, start: string): string {
  const json = JSON.stringify({v: VERSION, rv, start});
  return btoa(json).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Throws ApiError 400 with Go's words for what is broken. */
export function decodeContinue(token: string): Continue {
  const refuse = (why: string): never => {
    throw status.badRequest(`invalid continue token: ${why}`);
  };
  const foreign = token.search(/[^A-Za-z0-9_-]/);
  if (foreign >= 0 || token.length % 4 === 1)
    return refuse(`${NOT_VALID}: illegal base64 data at input byte ${foreign >= 0 ? foreign : token.length - 1}`);
  const bytes = atob(token.replaceAll('-', '+').replaceAll('_', '/'));
  const parsed = parseJson(bytes);
  if (parsed.error !== undefined) return refuse(`${NOT_VALID}: ${parsed.error}`);
  const {v, rv, start} = (parsed.value ?? {}) as {v?: unknown; rv?: unknown; start?: unknown};
  if (v !== VERSION) return refuse(`${NOT_VALID}: server does not recognize this encoded version ${v ?? ''}`);
  if (typeof rv !== 'number' || rv === 0) return refuse(`${NOT_VALID}: incorrect encoded start resourceVersion (version ${VERSION})`);
  if (typeof start !== 'string' || start === '') return refuse(`${NOT_VALID}: encoded start key empty (version ${VERSION})`);
  if (`/${start}`.split('/').some((part, i) => i > 0 && (part === '' || part === '.' || part === '..')))
    return refuse(`${NOT_VALID}: ${start}`);
  return {rv, start};
}
