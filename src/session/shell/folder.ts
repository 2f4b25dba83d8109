/** A real folder as the learner's files: both sides hear of the other's changes. Nothing in it is ever taken away. */

import type {Core} from '../state.ts';
import type {ShellState} from './shell.ts';

type Files = ShellState['files'];

/** A folder of the learner's, by names below it. */
export interface Folder {
  /** What can be read in it, as it was seen last. */
  files(): Files;
  /** Throws an Error with one sentence where it cannot be done. */
  write(name: string, text: string): void;
  /** Calls back when files have changed, with sentences about those that cannot be used; returns what ends it. */
  watch(listener: (problems: readonly string[]) => void): () => void;
}

/** Names in the learner's home and on the node's disk are no part of the folder. */
const isShared = (name: string): boolean => !/^[~/]/.test(name);

/** Files whose text in `now` is another one than in `before`. */
function changedFiles(before: Files, now: Files): Record<string, string> {
  return Object.fromEntries(Object.entries(now).filter(([name, text]) => before[name] !== text));
}

/** Files as they would be without what changed from `before` to `after`: what was changed elsewhere since then stays. */
export function withoutChange(files: Files, before: Files, after: Files): Files {
  const kept = Object.entries(files).filter(([name]) => before[name] === after[name] || before[name] !== undefined);
  return {...Object.fromEntries(kept), ...changedFiles(after, before)};
}

export interface FolderSync {
  /** A new world was entered: the folder gets the files that it lacks, the world those that the folder has. */
  enter(): void;
  /** The learner's files have changed in the session: what is new is written. */
  keep(): void;
  close(): void;
}

/** Joins a folder with a session; without one it does nothing. */
export function joinFolder(core: Core, folder: Folder | undefined): FolderSync {
  if (!folder) return {enter() {}, keep() {}, close() {}};
  const shared = (): [string, string][] => Object.entries(core.state.shell.files).filter(([name]) => isShared(name));
  const write = (files: readonly (readonly [string, string])[]): void => {
    for (const [name, text] of files) {
      try {
        folder.write(name, text);
      } catch (error) {
        core.remark('error', (error as Error).message);
      }
    }
  };
  const take = (): void => {
    const files = changedFiles(core.state.shell.files, folder.files());
    if (Object.keys(files).length > 0) core.act({type: 'files', files});
  };
  const stop = folder.watch(problems => {
    const names = core.state.world ? Object.keys(changedFiles(core.state.shell.files, folder.files())) : [];
    if (names.length > 0) {
      take();
      core.remark('accent', `read again: ${names.join(', ')}`);
    }
    if (problems.length > 0) core.remark('warn', problems.join('; '));
    core.tell();
  });
  return {
    enter() {
      write(shared().filter(([name]) => folder.files()[name] === undefined));
      take();
    },
    keep: () => write(shared().filter(([name, text]) => folder.files()[name] !== text)),
    close: stop,
  };
}
