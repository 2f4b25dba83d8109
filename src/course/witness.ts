/** Evidence for a check that is met: the step of the journal that decided it. */

import type {Step} from '../engine/machine/types.ts';
import {checkKind, evaluate} from './checks.ts';
import {matches} from './match.ts';
import {type Chronicle, currentObjects, kindOfMatch, recordsOfStep, stepsOf} from './records.ts';
import type {Check, Match} from './types.ts';

/** The step that decided a check which is met; undefined where nothing happened that decided it: what was to be avoided has been. */
export function witnessOf(check: Check, chronicle: Chronicle): Step | undefined {
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
      return standing((check as {now: Match}).now, chronicle);
    case 'count': {
      const {count, atLeast = 0} = check as {count: Match; atLeast?: number};
      return nth(count, chronicle, atLeast);
    }
    default:
      return undefined;
  }
}

const latest = (steps: readonly (Step | undefined)[]): Step | undefined =>
  steps.reduce((last, step) => (step && (!last || step.id > last.id) ? step : last), undefined);

/** The step with the nth record that matches. */
function nth(match: Match, chronicle: Chronicle, count: number): Step | undefined {
  const [kind, pattern] = kindOfMatch(match);
  const steps = stepsOf(chronicle);
  let found = 0;
  if (kind === 'command') {
    const command = chronicle.commands.filter(c => matches(pattern, c))[count - 1];
    return command && steps.find(step => step.id > command.position);
  }
  for (const step of steps) {
    found += recordsOfStep(step, kind).filter(record => matches(pattern, record)).length;
    if (count > 0 && found >= count) return step;
  }
  return undefined;
}

/** The step that made true what is true now. */
function standing(match: Match, chronicle: Chronicle): Step | undefined {
  const [kind, pattern] = kindOfMatch(match);
  if (kind !== 'object') return nth(match, chronicle, 1);
  const object = currentObjects(chronicle).find(each => matches(pattern, each));
  const {uid} = object?.metadata ?? {};
  let since: Step | undefined;
  for (const step of stepsOf(chronicle)) {
    for (const version of recordsOfStep(step, 'object') as {metadata: {uid?: string}}[]) {
      if (version.metadata.uid !== uid) continue;
      since = matches(pattern, version) ? (since ?? step) : undefined;
    }
  }
  return since;
}
