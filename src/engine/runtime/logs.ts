/** What containers write to their standard output and error. upstream: /var/log/pods/<ns>_<pod>_<uid>/<container>/<attempt>.log */
import type {LogLine} from '../api/cri.ts';
import type {RuntimeNode} from './node.ts';
import {LOGS, type LogRecord} from './types.ts';

/** Lines kept of one container: the rest is rotated away. */
const LINES_KEPT = 2000;

/** Adds text; a line that has no end yet is continued by what follows. */
export function appendLog(runtime: RuntimeNode, containerId: string, stream: LogLine['stream'], text: string): void {
  if (text === '') return;
  const before = runtime.memory.get<LogRecord>(LOGS, containerId)?.lines ?? [];
  const lines = text.split('\n');
  const rest = lines.pop()!;
  const added: LogLine[] = lines.map(line => ({at: runtime.now, stream, text: line}));
  if (rest !== '') added.push({at: runtime.now, stream, text: rest});
  runtime.memory.put<LogRecord>(LOGS, containerId, {lines: [...before, ...added].slice(-LINES_KEPT)});
}

export const readLog = (runtime: RuntimeNode, containerId: string): readonly LogLine[] =>
  runtime.memory.get<LogRecord>(LOGS, containerId)?.lines ?? [];

export const removeLog = (runtime: RuntimeNode, containerId: string): void => runtime.memory.delete(LOGS, containerId);
