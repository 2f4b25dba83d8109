/** The one file of what a learner has done. It is theirs: it can be carried away, merged, and is never lost. */
import {homedir} from 'node:os';
import {join} from 'node:path';
import {NO_PROGRESS, type Progress, parseProgress} from '../course/progress.ts';
import {readJsonFile, writeJsonFile} from '../platform/json-file.ts';
import {dataFolder} from '../platform/paths.ts';

export interface ProgressFile {
  readonly path: string;
  /** As it was when it was opened. */
  readonly progress: Progress;
  /** Nobody has played here before. */
  readonly isNew: boolean;
  /** What to say where the file was damaged: where it is kept now. */
  readonly damage: string | undefined;
  /** Changes the file as it stands by now, which another terminal may have written; returns what it holds then. */
  change(change: (kept: Progress) => Progress): Progress;
}

/** Where the learner's own is; a student of a class has another one for it. */
export const ownProgress = (): string => join(dataFolder(process.env, process.platform, homedir()), 'progress.json');

export function openProgress(path = ownProgress()): ProgressFile {
  const read = () => readJsonFile(path, parseProgress);
  const {value, keptAside} = read();
  return {
    path,
    progress: value ?? NO_PROGRESS,
    isNew: value === undefined,
    damage: keptAside && `${path} was damaged; it is kept as ${keptAside}, and progress begins anew`,
    change(change) {
      const changed = change(read().value ?? NO_PROGRESS);
      writeJsonFile(path, changed);
      return changed;
    },
  };
}
