/** Evidence for a check that is met: the step of the journal, or the command, that decided it. */
import type {Step} from '../engine/machine/types.ts';
import {checkKind, evaluate} from './checks.ts';
import {claimsOf} from './claims/claims.ts';
import {lastJudgements} from './claims/judgements.ts';
import {found, inKeyOrder, standing} from './findings.ts';
import {matches} from './match.ts';
import {type Chronicle, kindOfMatch, recordsOfStep, stepsOf} from './records.ts';
import type {Check, Match} from './types.ts';

/** What decided a check: a step, or a command that need not have made one. */
export type Witness = {readonly step: Step} | {readonly command: Chronicle['commands'][number]};

/** What decided a check which is met; undefined where nothing happened that did: what was to be avoided has been. */
export function witnessOf(check: Check, chronicle: Chronicle): Witness | undefined {
  switch (checkKind(check)) {
    case 'all':
      return latest((check as {all: readonly Check[]}).all.map(each => witnessOf(each, chronicle)));
    case 'any':
      return latest(
        (check as {any: readonly Check[]}).any.filter(each => evaluate(each, chronicle).met).map(each => witnessOf(each, chronicle)),
      );
    case 'eventually':
      return nth((check as {eventually: Match}).eventually, chronicle, 1);
    case 'now':
      return sinceWhen((check as {now: Match}).now, chronicle);
    case 'count': {
      const {count, atLeast = 0} = check as {count: Match; atLeast?: number};
      return nth(count, chronicle, atLeast);
    }
    case 'judged':
      return lastJudged((check as {judged: string}).judged, chronicle);
    default:
      return undefined;
  }
}

/** The last line that judged a claim of the room. */
function lastJudged(room: string, {commands}: Chronicle): Witness | undefined {
  const numbers = claimsOf(room).map(({number}) => number);
  const command = commands.filter(each => [...lastJudgements([each]).keys()].some(number => numbers.includes(number))).at(-1);
  return command && {command};
}

/** Ids of steps count from 1, positions from 0. */
const placeOf = (witness: Witness): number => ('step' in witness ? witness.step.id : witness.command.position + 1);

const latest = (all: readonly (Witness | undefined)[]): Witness | undefined =>
  all.reduce((last, each) => (each && (!last || placeOf(each) > placeOf(last)) ? each : last), undefined);

/** The step with the nth record that matches, or the nth command. */
function nth(match: Match, chronicle: Chronicle, count: number): Witness | undefined {
  const {journal} = chronicle.cluster.machine;
  const [kind] = kindOfMatch(match);
  const at = found(match, chronicle)[count - 1];
  if (!at) return undefined;
  return kind === 'command' ? {command: at.record as Chronicle['commands'][number]} : {step: journal.steps[at.position - journal.first]!};
}

/** The step that made true what is true now. */
function sinceWhen(match: Match, chronicle: Chronicle): Witness | undefined {
  const [kind, pattern] = kindOfMatch(match);
  if (kind !== 'object') return nth(match, chronicle, 1);
  const [object] = inKeyOrder(standing(match, chronicle));
  const {uid} = object?.metadata ?? {};
  let since: Step | undefined;
  for (const step of stepsOf(chronicle)) {
    for (const version of recordsOfStep(step, 'object') as {metadata: {uid?: string}}[]) {
      if (version.metadata.uid !== uid) continue;
      since = matches(pattern, version) ? (since ?? step) : undefined;
    }
  }
  return since && {step: since};
}
