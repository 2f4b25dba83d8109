/** `podyssey lessons`: list them, check the files, run every solution. */
import {faultText} from '../../course/schema.ts';
import {testLesson} from '../../session/lesson-test.ts';
import {loadLessons, wholeLessons} from '../course.ts';
import {Failure} from '../failure.ts';

const actions: Record<string, (files: readonly string[]) => void> = {
  list(files) {
    for (const l of wholeLessons(files)) process.stdout.write(`${l.number.padEnd(5)} ${l.id.padEnd(24)} ${l.title}\n`);
  },
  check(files) {
    const {lessons, faults} = loadLessons(files);
    for (const fault of faults) process.stdout.write(`${faultText(fault)}\n`);
    for (const lesson of lessons) process.stdout.write(`${lesson.file}: ok\n`);
    if (faults.length) throw new Failure(`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} in lesson files`);
  },
  test(files) {
    let failed = 0;
    const lessons = wholeLessons(files);
    for (const lesson of lessons) {
      const problems = testLesson(lesson);
      process.stdout.write(
        `${problems.length ? 'FAIL' : 'ok  '} ${lesson.number} ${lesson.title}\n${problems.map(p => `     ${p}\n`).join('')}`,
      );
      if (problems.length) failed++;
    }
    process.stdout.write(`${lessons.length - failed} passed, ${failed} failed\n`);
    if (failed) throw new Failure(`${failed} of ${lessons.length} lessons fail`);
  },
};

export async function lessons(what: string, files: readonly string[]): Promise<void> {
  const action = actions[what];
  if (!action) throw new Failure(`lessons ${what}: it can be ${Object.keys(actions).join(', ')}`, 2);
  action(files);
}
