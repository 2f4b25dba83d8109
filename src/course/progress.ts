/** What a learner has done, as one small file of their own. Merging keeps the better of two: in any order, as often as one likes, with the same outcome. */

/** What can be earned with a lesson, a star each. */
export const STARS = {
  solved: 'solved',
  unaided: 'without hints',
  foreseen: 'predictions right',
  brief: 'few commands',
} as const;

export type Star = keyof typeof STARS;

export const starNames = Object.keys(STARS) as Star[];

export interface LessonProgress {
  readonly solved: boolean;
  /** Its chapter was skipped by passing a test. */
  readonly tested: boolean;
  /** One play of it is enough for the test of its chapter. */
  readonly passed: boolean;
  /** Earned in one go or in several, in the order of their table. */
  readonly stars: readonly Star[];
  /** Fewest commands it was solved with; 0 while it is not. */
  readonly commands: number;
}

export interface Progress {
  readonly version: 1;
  /** The lesson last opened. */
  readonly last: string | undefined;
  readonly lessons: Readonly<Record<string, LessonProgress>>;
}

export const NO_PROGRESS: Progress = {version: 1, last: undefined, lessons: {}};

/** Nothing more has to be done with it: it is solved, or its chapter skipped. */
export const isDone = (progress: Progress, id: string): boolean => Boolean(progress.lessons[id]?.solved || progress.lessons[id]?.tested);

/** Whether what one play has earned is enough for the test of a chapter: solved without hints, all predictions right. */
export const passes = (earned: readonly Star[]): boolean => (['unaided', 'foreseen'] as const).every(star => earned.includes(star));

/** It counts towards the test of its chapter. */
export const isPassed = (progress: Progress, id: string): boolean => progress.lessons[id]?.passed === true;

/** Reads what was stored. Throws an Error that says what is wrong with it. */
export function parseProgress(value: unknown): Progress {
  const {version, last, lessons} = (value ?? {}) as Partial<Progress>;
  if (version !== 1) throw new Error('not a progress file of this version');
  if (last !== undefined && typeof last !== 'string') throw new Error('last must be the id of a lesson');
  if (!lessons || typeof lessons !== 'object' || Array.isArray(lessons)) throw new Error('lessons must be a map');
  const read = Object.entries(lessons).map(([id, entry]) => [id, parseLessonProgress(id, entry)] as const);
  return {version, last, lessons: Object.fromEntries(read)};
}

function parseLessonProgress(id: string, entry: unknown): LessonProgress {
  const {solved, tested, passed = false, stars, commands} = (entry ?? {}) as Partial<LessonProgress>;
  if (typeof passed !== 'boolean') throw new Error(`lessons.${id}.passed must be true or false`);
  if (typeof solved !== 'boolean' || typeof tested !== 'boolean' || !Array.isArray(stars)) throw new Error(`lessons.${id} is not whole`);
  if (!Number.isInteger(commands) || commands! < 0) throw new Error(`lessons.${id}.commands must be a whole number`);
  const unknown = stars.find(star => !starNames.includes(star));
  if (unknown !== undefined) throw new Error(`lessons.${id}.stars knows no ${unknown}`);
  return {solved, tested, passed, stars: starNames.filter(star => stars.includes(star)), commands: commands!};
}

/** The better result of each lesson. */
export function mergeProgress(a: Progress, b: Progress): Progress {
  const ids = [...new Set([...Object.keys(a.lessons), ...Object.keys(b.lessons)])].sort();
  // Nothing tells which of two was opened later: the same one is taken whichever way they are merged.
  const [last] = [a.last, b.last].filter(id => id !== undefined).sort();
  return {version: 1, last, lessons: Object.fromEntries(ids.map(id => [id, better(a.lessons[id], b.lessons[id])]))};
}

function better(a: LessonProgress | undefined, b: LessonProgress | undefined): LessonProgress {
  const known = [a, b].filter(each => each !== undefined);
  const solved = known.filter(each => each.solved);
  return {
    solved: solved.length > 0,
    tested: known.some(each => each.tested),
    passed: known.some(each => each.passed),
    stars: starNames.filter(star => known.some(each => each.stars.includes(star))),
    commands: solved.length > 0 ? Math.min(...solved.map(each => each.commands)) : 0,
  };
}

/** Progress with one more result; the lesson becomes the one last opened. */
export const withResult = (progress: Progress, id: string, result: LessonProgress): Progress => ({
  ...mergeProgress(progress, {version: 1, last: undefined, lessons: {[id]: result}}),
  last: id,
});

/** Progress in which these lessons are skipped, what was earned with them being kept. */
export const withTested = (progress: Progress, ids: readonly string[]): Progress =>
  mergeProgress(progress, {
    version: 1,
    last: undefined,
    lessons: Object.fromEntries(ids.map(id => [id, {solved: false, tested: true, passed: false, stars: [], commands: 0}])),
  });

/** Progress as if these lessons had never been played. */
export const without = (progress: Progress, ids: readonly string[]): Progress => ({
  version: 1,
  last: progress.last !== undefined && ids.includes(progress.last) ? undefined : progress.last,
  lessons: Object.fromEntries(Object.entries(progress.lessons).filter(([id]) => !ids.includes(id))),
});
