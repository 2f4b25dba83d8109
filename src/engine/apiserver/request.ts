/** A request on its way through the server, and what is remembered of its way. */
import type {Patch} from 'immer';
import type {Kind} from '../api/kinds.ts';
import type {Status, UserInfo} from '../api/types.ts';
import type {Tx} from '../machine/types.ts';
import type {AsOf} from './as-of/types.ts';
import type {ClientCertificate} from './authentication/types.ts';
import type {CommitNote} from './commit-note.ts';
import {firstOf, type Query, type RequestInfo} from './request-info.ts';

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
  /** The text it was made from, where there is one: for who shows what was wrong with it. The server does not read it. */
  manifest?: ManifestText;
  /** As of which release it is answered; undefined: as today. The cluster says so to whoever asks from outside. */
  asOf?: AsOf;
}

/** One document of a file. */
export interface ManifestText {
  /** What the client calls the file: its path, or STDIN. */
  readonly source: string;
  readonly text: string;
  /** The lines of the file before it. */
  readonly line: number;
  /** Names and indexes down to the object, where the document holds more than one. */
  readonly at?: readonly (string | number)[];
}

export interface ApiResponse {
  code: number;
  headers: Record<string, string | string[]>;
  /** An object, or text. */
  body: unknown;
}

export type Verdict = 'ok' | 'denied' | 'skipped' | 'changed' | 'error';

/** A stage as a request's note keeps it: what says the same of many requests is one object. */
export interface Passed {
  readonly stage: StageName;
  readonly verdict: Verdict;
  /** A function where it only repeats what else the note says. */
  readonly detail: string | ((note: RequestNote) => string);
  /** What an admission plugin or defaulting changed. */
  readonly patches?: readonly Patch[];
}

export interface Stage extends Told {
  /** Virtual milliseconds with microseconds behind the point. */
  readonly atMs: number;
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
  kubelet: 500,
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
  /** What it wrote first. */
  commit?: CommitNote;
  /** The step in which it was made, and the one that caused that. */
  step: number;
  stages: readonly Passed[];
  /** What it was refused for, field by field, and the text it was made from; only of a refused one. */
  causes?: NonNullable<Status['details']>['causes'];
  manifest?: ManifestText;
}

/** A stage with what it says. */
export type Told = Passed & {readonly detail: string};

/** The stages of a request with what each says. */
export const toldStages = (note: RequestNote): Told[] =>
  note.stages.map(passed => ({...passed, detail: typeof passed.detail === 'string' ? passed.detail : passed.detail(note)}));

/** The stages of a request with what each says, and their times. */
export function stagesOf(note: RequestNote): Stage[] {
  let micros = 0;
  return toldStages(note).map(told => {
    micros = Math.min(micros + STAGES[told.stage], 999);
    return {...told, atMs: Math.round(note.atMs * 1000 + micros) / 1000};
  });
}

/** Stages that most requests pass alike, by stage and detail. */
const alike = new Map<StageName, Map<Passed['detail'], Passed>>();
const ALIKE_KEPT = 2048;

function passedAlike(stage: StageName, verdict: Verdict, detail: Passed['detail']): Passed {
  const everyOneOther = stage === 'etcd' && typeof detail === 'string';
  if (verdict !== 'ok' || everyOneOther) return {stage, verdict, detail};
  let known = alike.get(stage);
  if (!known || known.size >= ALIKE_KEPT) alike.set(stage, (known = new Map()));
  let passed = known.get(detail);
  if (!passed) known.set(detail, (passed = {stage, verdict, detail}));
  return passed;
}

/** The last request that was granted, by what was asked for. */
const lastAsked = new Map<string, RequestNote>();

/** The note, its texts and its stages those of the request before it that asked for the like, as far as they are the same. */
export function likeTheLast(note: RequestNote): RequestNote {
  if (note.code >= 400) return note;
  const asked = `${note.verb} ${note.resource}`;
  const last = lastAsked.get(asked);
  lastAsked.set(asked, note);
  if (!last) return note;
  const {stages} = last;
  if (stages.length === note.stages.length && stages.every((passed, i) => passed === note.stages[i])) note.stages = stages;
  // Assigned though they are equal: of two texts that read the same, one is let go.
  if (last.path === note.path) note.path = last.path;
  if (last.namespace === note.namespace) note.namespace = last.namespace;
  if (last.name === note.name) note.name = last.name;
  note.resource = last.resource;
  return note;
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
  readonly stages: Passed[];
  /** The revision a write was committed at. */
  revision?: number;
  /** What it committed, where notes are kept. */
  readonly commits: CommitNote[];
  stage(stage: StageName, verdict: Verdict, detail: Passed['detail'], patches?: readonly Patch[]): void;
}

export function startWalk(tx: Tx, request: ApiRequest, info: RequestInfo): Walk {
  const stages: Passed[] = [];
  return {
    tx,
    request,
    info,
    user: {username: '', groups: []},
    kind: undefined as unknown as Kind,
    warnings: [],
    stages,
    commits: [],
    stage(stage, verdict, detail, patches) {
      if (!tx.noting) return;
      stages.push(patches?.length ? {stage, verdict, detail, patches} : passedAlike(stage, verdict, detail));
    },
  };
}

/** Warnings as they stand in a header, one value each. */
export const warningHeader = (warnings: readonly string[]): string[] => warnings.map(text => `299 - ${JSON.stringify(text)}`);

/** One value of a query parameter; '' when it is not given. */
export const parameter = (request: ApiRequest, name: string): string => firstOf(request.query?.[name]);

/** One value of a header (its name in small letters); '' when it is not given. */
export const header = (request: ApiRequest, name: string): string => firstOf(request.headers?.[name]);
