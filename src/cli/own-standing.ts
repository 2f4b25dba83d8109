/** How far a learner is in the course of the package, read without a lesson: what its map needs. */
import {homedir} from 'node:os';
import {inOrder} from '../course/course.ts';
import type {Progress} from '../course/progress.ts';
import {digestOf} from '../course/submission.ts';
import type {LessonHead} from '../course/types.ts';
import {builtHeads, lessonFiles} from '../platform/package-folder.ts';
import {dataFolder} from '../platform/paths.ts';
import {openRecordings, type Recordings, recordingsFolder} from '../platform/recordings.ts';
import type {Standing} from '../session/course-view.ts';

/** The recordings of a learner who is in no class. */
export const ownRecordings = (): Recordings => openRecordings(recordingsFolder(dataFolder(process.env, process.platform, homedir())));

/** Ids of the lessons that something was done of, as they stand by now. */
export function begunOf(
  course: {readonly lessons: readonly LessonHead[]; text(head: LessonHead): string},
  recordings: Recordings,
): string[] {
  const kept = (head: LessonHead): boolean => {
    const last = recordings.last(head.id);
    return last !== undefined && last.hash === digestOf(course.text(head));
  };
  return course.lessons.filter(kept).map(head => head.id);
}

/** Where the learner stands in the course; undefined where a lesson is younger than the build, and has to be read. */
export function ownStanding(progress: Progress): Standing | undefined {
  const built = builtHeads();
  const files = new Map(lessonFiles().map(each => [each.file, each]));
  const heads = [...files.keys()].flatMap(file => built.get(file) ?? []);
  if (heads.length < files.size) return undefined;
  const lessons = inOrder(heads);
  return {lessons, progress, begun: begunOf({lessons, text: head => files.get(head.file)!.text}, ownRecordings())};
}
