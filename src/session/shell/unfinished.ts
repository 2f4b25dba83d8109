/** Lines that go on: here-documents, open quotes, loops. Each front end collects them before they become one command. */
import {awaitedBy} from '../../engine/runtime/process/shell/syntax.ts';
import {isOwnWord} from '../own-words.ts';
import {PLACEHOLDER} from './line.ts';

/** What the text still waits for (`a line EOF`); undefined where it can be run as it is. */
export const awaited = (text: string): string | undefined => (isOwnWord(text) || PLACEHOLDER.test(text) ? undefined : awaitedBy(text));

export interface Entered {
  /** Index of its first line. */
  readonly at: number;
  readonly text: string;
}

/** The commands of many lines, each whole; the last may be one that still waits. Empty lines and comments between them are left out. */
export function commandsOf(lines: readonly string[]): Entered[] {
  const commands: Entered[] = [];
  let begun: Entered | undefined;
  for (const [at, line] of lines.entries()) {
    if (!begun && /^\s*(#|$)/.test(line)) continue;
    begun = begun ? {...begun, text: `${begun.text}\n${line}`} : {at, text: line};
    if (awaited(begun.text)) continue;
    commands.push({...begun, text: begun.text.trim()});
    begun = undefined;
  }
  return begun ? [...commands, begun] : commands;
}
