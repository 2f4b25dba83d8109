import {READ_VERBS} from '../engine/apiserver/authorization/types.ts';
import {type RequestNote, type Stage, stagesOf} from '../engine/apiserver/request.ts';
import {CAPS} from './caps.ts';
import type {RequestFacts, RequestHeadFacts, StageFacts, Verdict} from './facts/request.ts';
import type {Heard, Notes} from './notes.ts';
import {onceEach} from './once-each.ts';
import {requestFaults} from './request-faults.ts';
import {oneLine} from './text.ts';

const verdicts: Readonly<Record<Stage['verdict'], Verdict>> = {
  ok: 'ok',
  changed: 'ok',
  skipped: 'skipped',
  denied: 'denied',
  error: 'denied',
};

/** What HTTP says to codes that carry no Status. */
const phrases: Readonly<Record<number, string>> = {200: 'OK', 201: 'Created', 202: 'Accepted'};

function isWrite(note: RequestNote): boolean {
  return !READ_VERBS.has(note.verb);
}

/** A request in a line. */
const headOf = onceEach(
  ({note, step}: Heard<RequestNote>): RequestHeadFacts => ({
    id: note.id,
    step: step.id,
    atMs: note.atMs,
    user: note.user,
    verb: note.verb,
    path: note.path,
    code: note.code,
    ...(note.revision !== undefined && {revision: note.revision}),
  }),
);

/** The request that is looked at: in full, with what is at fault in its manifest. */
export function requestLookedInto(heard: Heard<RequestNote>): RequestFacts {
  const {note} = heard;
  const faults = requestFaults(note);
  return {
    ...headOf(heard),
    groups: note.groups,
    method: note.method,
    reason: note.reason || (phrases[note.code] ?? ''),
    message: oneLine(note.message),
    stages: stagesOf(note).map(stageFacts),
    ...(faults && {faults}),
  };
}

function stageFacts({stage, atMs, verdict, detail, patches = []}: Stage): StageFacts {
  return {stage, atMs, verdict: verdicts[verdict], detail: oneLine(detail), changes: patches.map(changeText)};
}

const signs = {add: '+', remove: '-', replace: '~'} as const;

/** `+ spec.tolerations[0]: {"key":...}`. */
function changeText({op, path, value}: {op: keyof typeof signs; path: readonly (string | number)[]; value?: unknown}): string {
  const place = path.map(part => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return `${signs[op]} ${place.replace(/^\./, '')}${op === 'remove' ? '' : `: ${typeof value === 'string' ? value : JSON.stringify(value)}`}`;
}

/** The request to look at: the one of the step that is selected, else the learner's last write, else the learner's last. */
export function requestLookedAt({requests, outside}: Notes, selectedStep: number | undefined): Heard<RequestNote> | undefined {
  const selected = selectedStep === undefined ? undefined : requests.findLast(heard => heard.step.id === selectedStep);
  return selected ?? outside.requests.findLast(heard => isWrite(heard.note)) ?? outside.requests.at(-1);
}

/** Virtual milliseconds within which kubectl, while it waits, looks at the same again. */
const lookMs = 250;

/** The requests by which kubectl goes on with a watch, or looks again at what it waits for: the first stands for them all. */
function looksAgain({outside}: Notes): ReadonlySet<Heard<RequestNote>> {
  const last = new Map<string, number>();
  const again = outside.requests.filter(({note}) => {
    if (isWrite(note)) return false;
    const same = `${note.client} ${note.user} ${note.verb} ${note.path} ${note.code}`;
    const passed = note.atMs - (last.get(same) ?? Number.NEGATIVE_INFINITY);
    last.set(same, note.atMs);
    // At the very same time: the clock stands, and the learner asks again.
    return passed !== 0 && passed <= lookMs;
  });
  return new Set(again);
}

/** The youngest requests of everybody, newest first; renewals of leases are left out, they would push out all else. */
export function recentRequests(notes: Notes): readonly RequestHeadFacts[] {
  const {requests} = notes;
  const again = looksAgain(notes);
  const recent: RequestHeadFacts[] = [];
  for (let i = requests.length - 1; i >= 0 && recent.length < CAPS.requests; i--) {
    const heard = requests[i]!;
    if (heard.note.resource !== 'leases' && !again.has(heard)) recent.push(headOf(heard));
  }
  return recent;
}

/** A request as it stands when only its first stages have been passed: the answer is not known yet. */
export function underway({note, step}: Heard<RequestNote>, passed: number): Heard<RequestNote> {
  if (passed >= note.stages.length) return {note, step};
  const {revision, ...rest} = note;
  const stored = note.stages.slice(0, passed).some(stage => stage.stage === 'etcd');
  return {
    step,
    note: {
      ...rest,
      code: 0,
      reason: 'underway',
      message: '',
      stages: note.stages.slice(0, passed),
      ...(stored && revision !== undefined && {revision}),
    },
  };
}
