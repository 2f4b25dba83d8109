/** `podyssey progress`: show, carry away, bring back, merge, begin anew. */
import {existsSync} from 'node:fs';
import {findLesson} from '../../course/course.ts';
import {mergeProgress, NO_PROGRESS, type Progress, parseProgress, without} from '../../course/progress.ts';
import {copyAside, writeJsonFile} from '../../platform/json-file.ts';
import {FileError, readText} from '../../platform/read-text.ts';
import {openCourse} from '../course.ts';
import {Failure} from '../failure.ts';
import {mapText} from '../map-text.ts';
import {print, printJson, say, warn} from '../output.ts';
import {openProgress, type ProgressFile} from '../progress-file.ts';

/** Someone's progress. Throws Failure for a file that is none. */
function readProgress(file: string): Progress {
  try {
    return parseProgress(JSON.parse(readText(file)));
  } catch (error) {
    if (error instanceof FileError) throw new Failure(error.message);
    throw new Failure(`${file}: is no progress file: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
}

const solvedIn = (progress: Progress): string => {
  const count = Object.values(progress.lessons).filter(lesson => lesson.solved).length;
  return `${count} ${count === 1 ? 'lesson' : 'lessons'} solved`;
};

interface Action {
  readonly about: string;
  run(files: readonly string[], own: ProgressFile): void;
}

const actions = {
  show: {
    about: 'show: what is done, and where the file is',
    run(_files, own) {
      print(mapText(openCourse().lessons, own.progress));
      say(`Your progress is ${own.path}`);
    },
  },
  export: {
    about: 'export [FILE]: write it to a file that does not exist yet, or to standard output',
    run([file], own) {
      if (file === undefined || file === '-') return printJson(own.progress);
      if (existsSync(file)) throw new Failure(`${file}: exists already; podyssey progress merge joins files`);
      writeJsonFile(file, own.progress);
      say(`${file}: ${solvedIn(own.progress)}`);
    },
  },
  import: {
    about: 'import FILE...: take in what was done elsewhere; the better result of each lesson is kept',
    run(files, own) {
      if (files.length === 0) throw new Failure('progress import: which file?', 2);
      // All are read before anything is changed.
      const others = files.map(readProgress);
      const merged = own.change(kept => others.reduce(mergeProgress, kept));
      say(`${own.path}: ${solvedIn(merged)}`);
    },
  },
  merge: {
    about: 'merge FILE...: join files on standard output; your own progress is not touched',
    run(files) {
      if (files.length === 0) throw new Failure('progress merge: which files?', 2);
      printJson(files.map(readProgress).reduce(mergeProgress, NO_PROGRESS));
    },
  },
  reset: {
    about: 'reset [LESSON...]: as if these lessons, or all, had never been played; what was is kept aside',
    run(words, own) {
      const lessons = openCourse().lessons;
      const ids = words.map(word => {
        const lesson = findLesson(lessons, word);
        if (!lesson) throw new Failure(`there is no lesson ${word}`);
        return lesson.id;
      });
      const aside = copyAside(own.path);
      own.change(kept => (words.length === 0 ? NO_PROGRESS : without(kept, ids)));
      say(aside === undefined ? 'There was no progress yet.' : `Begun anew; what was is kept as ${aside}`);
    },
  },
} as const satisfies Record<string, Action>;

/** Throws Failure where it cannot do what is asked. */
export function progress(what: string, files: readonly string[]): void {
  if (!Object.hasOwn(actions, what))
    throw new Failure(
      `progress ${what}: there are\n${Object.values(actions)
        .map(({about}) => `  ${about}`)
        .join('\n')}`,
      2,
    );
  const own = openProgress();
  if (own.damage) warn(own.damage);
  const action: Action = actions[what as keyof typeof actions];
  action.run(files, own);
}
