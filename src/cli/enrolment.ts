/** Who plays what: a learner the course or a file of their own, or a student the lessons of a class. */
import {homedir} from 'node:os';
import {join} from 'node:path';
import {FREE_RULES, type LessonRules, type Recording} from '../course/recording.ts';
import {variantOf} from '../course/schema.ts';
import {digestOf, nameFault} from '../course/submission.ts';
import type {Lesson} from '../course/types.ts';
import {dataFolder} from '../platform/paths.ts';
import {openRecordings, recordingsFolder} from '../platform/recordings.ts';
import {writeSeat} from '../platform/room-folder.ts';
import {seatKeeper} from '../session/recording/seat.ts';
import type {State} from '../session/state.ts';
import {lessonsFor, readClassroom, rulesAt} from './classroom.ts';
import {type Course, openCourse} from './course.ts';
import {Failure} from './failure.ts';
import {begunOf, ownRecordings} from './own-standing.ts';
import {ownProgress} from './progress-file.ts';

export interface Enrolment {
  readonly course: Course;
  readonly rules: LessonRules;
  readonly progressFile: string;
  saveRecording(lesson: Lesson, recording: Recording): void;
  /** What was done of a lesson and not brought to its end, if it can be gone on with. */
  unfinished?(lesson: Lesson): Recording | undefined;
  /** Ids of the lessons that something was done of, as they stand by now. */
  begun?(): readonly string[];
  /** Tells the class where the learner is; undefined where nobody asked. */
  readonly tell: ((state: State) => void) | undefined;
}

const home = (): string => dataFolder(process.env, process.platform, homedir());

/** The course, or a lesson file of the learner's own; `seed` draws what varies (the fault of a boss): 1 is the first of its variants. */
export function enrolOnOwn(files: readonly string[], seed: number): Enrolment {
  const pick = Math.max(0, seed - 1);
  const course = openCourse(files, pick);
  const variantFor = (lesson: Lesson): Record<string, string> => variantOf(lesson.world.vary, pick);
  const recordings = ownRecordings();
  return {
    course,
    rules: FREE_RULES,
    progressFile: ownProgress(),
    saveRecording: (lesson, recording) =>
      recordings.save(lesson.id, {hash: digestOf(course.text(lesson)), variant: variantFor(lesson), recording}),
    begun: () => begunOf(course, recordings),
    unfinished(lesson) {
      const last = recordings.last(lesson.id);
      if (last?.hash !== digestOf(course.text(lesson)) || JSON.stringify(last.variant) !== JSON.stringify(variantFor(lesson)))
        return undefined;
      return last.recording.done < lesson.steps.length ? last.recording : undefined;
    },
    tell: undefined,
  };
}

/** A class. Throws Failure where its file, or the student's name, will not do. */
export function enrolInClass(file: string, student: string | undefined, share: string | undefined): Enrolment {
  if (student === undefined) throw new Failure('play --class needs --student NAME', 2);
  const fault = nameFault(student);
  if (fault) throw new Failure(`--student ${fault}`, 2);
  const classroom = readClassroom(file);
  const {name} = classroom.class;
  const lessons = new Map(lessonsFor(classroom, student).map(each => [each.lesson.id, each]));
  const folder = recordingsFolder(home(), {class: name, student});
  const recordings = openRecordings(folder);
  const shared = share ?? classroom.share;
  const seatOf = seatKeeper({class: name, student, lessons: [...lessons.values()].map(l => l.lesson)});
  return {
    course: {
      lessons: [...lessons.values()].map(({lesson}) => lesson),
      read: head => lessons.get(head.id)!.lesson,
      text: head => lessons.get(head.id)!.text,
    },
    rules: rulesAt(classroom.class, Date.now()),
    progressFile: join(folder, 'progress.json'),
    saveRecording(lesson, recording) {
      const {hash, variant} = lessons.get(lesson.id)!;
      recordings.save(lesson.id, {hash, variant, recording});
    },
    tell:
      shared === undefined
        ? undefined
        : state => {
            const seat = seatOf(state, Date.now());
            if (seat) writeSeat(shared, seat);
          },
  };
}
