/**
 * Acting as somebody else, by header: who is wanted, and the modes by which the real user may be granted it.
 * upstream: staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation
 */
import type {UserInfo} from '../../api/types.ts';
import type {Attributes} from '../authorization/types.ts';
import {type Allows, constrainedModes, type Impersonated, type Mode} from './impersonation-modes.ts';
import {legacyMode} from './legacy-impersonation.ts';
import {type Credentials, header, headerValues} from './types.ts';

const EXTRA_PREFIX = 'impersonate-extra-';

/** Who the headers ask for, as they stand there. */
export interface Wanted {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export type Impersonation =
  /** No such header: the user stays who they are. */
  | undefined
  /** From here on the request is this user's; `constraint` is the verb that granted it, '' for the old `impersonate`. */
  | {readonly user: UserInfo; readonly constraint: string}
  /** The first thing the real user may not take on. */
  | {readonly forbidden: Attributes; readonly reason: string}
  /** A 400: the headers make no sense together. */
  | {readonly error: string};

/** Reads the headers Impersonate-*; undefined where there is none. */
export function wantedUser(credentials: Credentials): Wanted | undefined {
  const extra: Record<string, string[]> = {};
  for (const key of Object.keys(credentials.headers).sort()) {
    if (!key.startsWith(EXTRA_PREFIX)) continue;
    (extra[unescaped(key.slice(EXTRA_PREFIX.length))] ??= []).push(...headerValues(credentials, key));
  }
  const wanted = {
    name: header(credentials, 'impersonate-user'),
    uid: header(credentials, 'impersonate-uid'),
    groups: headerValues(credentials, 'impersonate-group'),
    extra,
  };
  return wanted.name || wanted.uid || wanted.groups.length > 0 || Object.keys(extra).length > 0 ? wanted : undefined;
}

/** Malformed keys are taken as they are. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/**
 * Tries one mode after the other, the narrow ones first; `allows` is asked, as the real user, for each thing a mode needs. Where none grants it, the refusal of the
 * first mode that applied is the answer.
 */
export function impersonate(
  credentials: Credentials,
  request: Attributes,
  allows: Allows,
  modes: readonly Mode[] = [...constrainedModes, legacyMode],
): Impersonation {
  const wanted = wantedUser(credentials);
  if (!wanted) return undefined;
  if (!wanted.name) return {error: `requested ${goText(wanted)} without impersonating a user name`};
  let refused: Extract<Impersonated, {forbidden: unknown}> | undefined;
  for (const mode of modes) {
    const answer = mode(wanted, request, allows);
    if (answer && 'user' in answer) return answer;
    refused ??= answer;
  }
  return refused;
}

const quoted = (texts: readonly string[]): string => texts.map(text => JSON.stringify(text)).join(', ');

/** As Go's %#v prints it. */
function goText({name, uid, groups, extra}: Wanted): string {
  const keys = Object.keys(extra).sort();
  const pairs = keys.map(key => `${JSON.stringify(key)}:[]string{${quoted(extra[key]!)}}`).join(', ');
  const lists = `Groups:[]string${groups.length > 0 ? `{${quoted(groups)}}` : '(nil)'}, Extra:map[string][]string${keys.length > 0 ? `{${pairs}}` : '(nil)'}`;
  return `&user.DefaultInfo{Name:${JSON.stringify(name)}, UID:${JSON.stringify(uid)}, ${lists}}`;
}
