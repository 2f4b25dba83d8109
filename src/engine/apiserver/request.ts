/** A request on its way through the server, and what is remembered of its way. */
import type {Patch} from 'immer';
import type {Kind} from '../api/kinds.ts';
import type {UserInfo} from '../api/types.ts';
import type {Tx} from '../machine/types.ts';
import type {ClientCertificate} from './authentication/types.ts';
import type {Query, RequestInfo} from './request-info.ts';

/** A request without the wire. */
export interface ApiRequest {
  method: string;
  /** Path without the query. */
  path: string;
  query?: Query;
  /** Names in lower case. */
  headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Parsed JSON, or text. */
  body?: unknown;
  /** An in-process client whose identity is vouched for: a component of the cluster, or the library's caller. */
  user?: UserInfo;
  /** What the TLS connection brought. */
  clientCertificate?: ClientCertificate;
  /** Who sent it, for the journal: a component, `kubectl`, `http`. */
  client?: string;
}

export interface ApiResponse {
  code: number;
  headers: Record<string, string | string[]>;
  /** An object, or text. */
  body: unknown;
}

export type Verdict = 'ok' | 'denied' | 'skipped' | 'changed' | 'error';

export interface Stage {
  stage: StageName;
  /** Virtual milliseconds with microseconds behind the point. */
  atMs: number;
  verdict: Verdict;
  detail: string;
  /** What an admission plugin or defaulting changed. */
  patches?: readonly Patch[];
}

/** In the order in which a write passes them; each with the microseconds after the one before (nominal: they only keep the order visible). */
export const STAGES = {
  tls: 30,
  authentication: 20,
  audit: 5,
  impersonation: 5,
  'flow-control': 5,
  authorization: 20,
  routing: 5,
  decoding: 40,
  defaulting: 20,
  'mutating-admission': 20,
  validation: 30,
  'validating-admission': 20,
  encoding: 20,
  etcd: 400,
  response: 40,
} as const;

export type StageName = keyof typeof STAGES;

/** What the journal keeps of a request. */
export interface RequestNote {
  kind: 'request';
  id: string;
  atMs: number;
  client: string;
  user: string;
  groups: readonly string[];
  verb: string;
  method: string;
  path: string;
  resource: string;
  namespace: string;
  name: string;
  code: number;
  reason: string;
  message: string;
  revision?: number;
  /** The step in which it was made, and the one that caused that. */
  step: number;
  stages: readonly Stage[];
}

/** One request while it is handled. */
export interface Walk {
  readonly tx: Tx;
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  user: UserInfo;
  /** Set by routing, for resource requests. */
  kind: Kind;
  readonly warnings: string[];
  readonly stages: Stage[];
  /** The revision a write was committed at. */
  revision?: number;
  stage(stage: StageName, verdict: Verdict, detail: string, patches?: readonly Patch[]): void;
}

export function startWalk(tx: Tx, request: ApiRequest, info: RequestInfo): Walk {
  let micros = 0;
  const stages: Stage[] = [];
  return {
    tx,
    request,
    info,
    user: {username: '', groups: []},
    kind: undefined as unknown as Kind,
    warnings: [],
    stages,
    stage(stage, verdict, detail, patches) {
      if (!tx.noting) return;
      micros = Math.min(micros + STAGES[stage], 999);
      stages.push({stage, atMs: Math.round(tx.now * 1000 + micros) / 1000, verdict, detail, ...(patches?.length && {patches})});
    },
  };
}

/** One value of a query parameter; '' when it is not given. */
export function parameter(request: ApiRequest, name: string): string {
  const value = request.query?.[name];
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}

export function header(request: ApiRequest, name: string): string {
  const value = request.headers?.[name];
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}
