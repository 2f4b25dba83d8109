/** A command of kubectl that failed before the API server was asked for what it wants: the strip stops at its own door. */
import type {Machine} from '../engine/machine/machine.ts';
import type {PipelineFacts, PipelineStage, UnsentFacts} from './facts/request.ts';
import type {Notes} from './notes.ts';
import {stepAt} from './reading.ts';
import {stageIds} from './stages.ts';
import {oneLine} from './text.ts';

/** The learner's last command: its line, what it printed, and the journal's position before it. */
export interface LastCommand {
  readonly line: string;
  readonly output: string;
  readonly failed: boolean;
  readonly position: number;
}

/** What discovery asks for: from it kubectl learns where to send a request. */
const DISCOVERY = /^\/(api|apis|openapi)(\/|$)/;
/** A path below them that names a resource. */
const RESOURCE = /^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)\/./;

/** Words of a connection that did not come about. */
const UNREACHED = /^(The connection to the server .* was refused|Unable to connect to the server:)/;

/** Words of a server that showed a certificate which is not to be believed. */
const UNTRUSTED = /tls: failed to verify certificate/;

/** What became of the last command, where nothing of it reached a server. */
export function unsentFacts({journal}: Machine, {outside}: Notes, command: LastCommand | undefined): UnsentFacts | undefined {
  if (!command?.failed || !/^\s*(kubectl|k)\s/.test(command.line)) return undefined;
  const first = stepAt(journal, command.position)?.id ?? Number.POSITIVE_INFINITY;
  const asked = outside.requests.filter(({step}) => step.id >= first).map(({note}) => note);
  if (asked.some(({code, path}) => code >= 400 || RESOURCE.test(path) || !DISCOVERY.test(path))) return undefined;
  const why = oneLine(command.output.trim());
  return {line: command.line, why, reached: UNTRUSTED.test(why) ? 'stranger' : UNREACHED.test(why) ? 'nobody' : 'kubectl'};
}

/** The strip of a request that was never sent, or that nobody took. */
export function unsentPipeline({line, why, reached}: UnsentFacts): PipelineFacts {
  const at = reached === 'kubectl' ? 'kubectl' : 'TLS';
  const stages = stageIds.map((id): PipelineStage => {
    if (id === at) return {id, label: id, verdict: 'denied', detail: why};
    if (id === 'kubectl') return {id, label: id, verdict: 'ok', detail: line};
    return {id, label: id, verdict: 'idle', detail: 'never reached'};
  });
  return {subject: line, stages, story: `${at}: ${why}`};
}
