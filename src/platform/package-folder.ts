/** Where the package's own files are, from source and from a bundle alike. */
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {LessonHead} from '../course/types.ts';

/** The folder that holds lessons/ and assets/. */
export function packageFolder(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    if (existsSync(join(at, 'lessons')) && existsSync(join(at, 'package.json'))) return at;
    if (at === dirname(at)) throw new Error('the lessons of the package are missing');
  }
}

export interface TextFile {
  /** Relative to the package. */
  readonly file: string;
  /** Read whenever it is asked for. */
  readonly text: string;
}

/** The lesson files of the package, in order of their names. */
export function lessonFiles(): TextFile[] {
  const root = packageFolder();
  const folder = join(root, 'lessons');
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(name => ({
      file: relative(root, join(folder, name)),
      get text() {
        return readFileSync(join(folder, name), 'utf8');
      },
    }));
}

/** Where the build leaves the heads of the lessons: file -> head. */
const HEADS = join('dist', 'lesson-heads.json');

/** The heads of the package's lessons as they stood at the build, by file; none of a file that is younger than the build. */
export function builtHeads(): ReadonlyMap<string, LessonHead> {
  const root = packageFolder();
  const built = join(root, HEADS);
  if (!existsSync(built)) return new Map();
  const {mtimeMs} = statSync(built);
  const heads = Object.entries(JSON.parse(readFileSync(built, 'utf8')) as Record<string, LessonHead>);
  return new Map(
    heads.filter(([file]) => (statSync(join(root, file), {throwIfNoEntry: false})?.mtimeMs ?? Number.POSITIVE_INFINITY) <= mtimeMs),
  );
}
