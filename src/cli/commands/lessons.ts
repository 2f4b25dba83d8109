/** `podyssey lessons`: list them, check the files, prove every lesson, begin a new one, say what is taught where. */
import {existsSync, writeFileSync} from 'node:fs';
import {coverageOf} from '../../course/coverage.ts';
import {lessonShape} from '../../course/lesson-shape.ts';
import {faultText} from '../../course/schema.ts';
import {jsonSchema} from '../../course/shape.ts';
import {spread} from '../../platform/threads.ts';
import {allFaults, lessonFile, openCourse, readLessons, wholeLessons} from '../course.ts';
import {Failure} from '../failure.ts';
import {lessonTemplate} from '../lesson-template.ts';
import {printJson, say} from '../output.ts';

const actions: Record<string, (files: readonly string[]) => void | Promise<void>> = {
  list(files) {
    for (const l of wholeLessons(files)) say(`${l.number.padEnd(5)} ${l.id.padEnd(30)} ${l.title}`);
  },
  check(files) {
    let count = 0;
    for (const file of readLessons(files)) {
      const faults = allFaults(file);
      for (const fault of faults) say(faultText(fault));
      if (!faults.length) say(`${file.file}: ok`);
      count += faults.length;
    }
    if (count) throw new Failure(`${count} ${count === 1 ? 'fault' : 'faults'} in lesson files`);
  },
  async test(files) {
    let failed = 0;
    const all = readLessons(files);
    await spread(
      all.map(({file, text}) => ({file, text})),
      {
        module: 'prover.js',
        inPlace: ({file, text}) => allFaults(lessonFile(file, text)),
        tell(faults, i) {
          const {file, lesson} = all[i]!;
          say(`${faults.length ? 'FAIL' : 'ok  '} ${lesson ? `${lesson.number} ${lesson.title}` : file}`);
          for (const fault of faults) say(`     ${faultText(fault).replaceAll('\n', '\n     ')}`);
          if (faults.length) failed++;
        },
      },
    );
    say(`${all.length - failed} passed, ${failed} failed`);
    if (failed) throw new Failure(`${failed} of ${all.length} lessons fail`);
  },
  new(files) {
    const [file] = files;
    if (!file) throw new Failure('lessons new: name the file to begin', 2);
    if (existsSync(file)) throw new Failure(`${file} exists already; it is left as it is`);
    writeFileSync(file, lessonTemplate);
    say(`${file} begun: it can be played as it is (podyssey play ${file})`);
  },
  coverage(files) {
    const rows = coverageOf(openCourse(files).lessons);
    for (const {id, mechanism, lessons} of rows) say(`${id.padEnd(4)} ${(lessons.join(' ') || '-').padEnd(18)} ${mechanism}`);
    say(`${rows.filter(r => r.lessons.length).length} of ${rows.length} rows are taught`);
  },
  schema: () => printJson(jsonSchema(lessonShape, 'podyssey lesson')),
};

export async function lessons(what: string, files: readonly string[]): Promise<void> {
  const action = actions[what];
  if (!action) throw new Failure(`lessons ${what}: it can be ${Object.keys(actions).join(', ')}`, 2);
  await action(files);
}
