/** What a learner has done, as one small file of their own. Merging keeps the better of two. */

export interface LessonProgress {
  readonly solved: boolean;
  readonly stars: number;
  /** Fewest commands it was solved with. */
  readonly commands: number;
}

export interface Progress {
  readonly version: 1;
  /** The lesson last opened. */
  readonly last: string | undefined;
  readonly lessons: Readonly<Record<string, LessonProgress>>;
}

export const NO_PROGRESS: Progress = {version: 1, last: undefined, lessons: {}};

/** Reads what was stored. Throws an Error that says what is wrong with it. */
export function parseProgress(value: unknown): Progress {
  const {version, last, lessons} = (value ?? {}) as Partial<Progress>;
  if (version !== 1) throw new Error('not a progress file of this version');
  if (last !== undefined && typeof last !== 'string') throw new Error('last must be the id of a lesson');
  if (!lessons || typeof lessons !== 'object') throw new Error('lessons must be a map');
  for (const [id, entry] of Object.entries(lessons)) {
    const {solved, stars, commands} = (entry ?? {}) as Partial<LessonProgress>;
    if (typeof solved !== 'boolean' || typeof stars !== 'number' || typeof commands !== 'number')
      throw new Error(`lessons.${id} is not whole`);
  }
  return {version, last, lessons};
}

/** The better result of each lesson. */
export function mergeProgress(a: Progress, b: Progress): Progress {
  const ids = [...new Set([...Object.keys(a.lessons), ...Object.keys(b.lessons)])].sort();
  return {version: 1, last: b.last ?? a.last, lessons: Object.fromEntries(ids.map(id => [id, better(a.lessons[id], b.lessons[id])!]))};
}

function better(a: LessonProgress | undefined, b: LessonProgress | undefined): LessonProgress | undefined {
  if (!a || !b) return a ?? b;
  return {
    solved: a.solved || b.solved,
    stars: Math.max(a.stars, b.stars),
    commands: Math.min(...[a, b].filter(p => p.solved === (a.solved || b.solved)).map(p => p.commands)),
  };
}

/** Progress with one more result. */
export const withResult = (progress: Progress, id: string, result: LessonProgress): Progress =>
  mergeProgress(progress, {version: 1, last: id, lessons: {[id]: result}});
