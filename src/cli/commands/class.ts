/** `podyssey class`: begin a class, check its file, see the room at work. */
import {existsSync, writeFileSync} from 'node:fs';
import {basename} from 'node:path';
import {nameFault} from '../../course/submission.ts';
import {classTemplate, NINETY_MINUTES} from '../class-template.ts';
import {lessonsFor, readClassroom} from '../classroom.ts';
import {openCourse} from '../course.ts';
import {Failure} from '../failure.ts';
import {say} from '../output.ts';

/** Writes a class file. A name that is not given is that of the file. */
export async function newClass(file: string, name = basename(file).replace(/\.ya?ml$/, '')): Promise<void> {
  if (existsSync(file)) throw new Failure(`${file} exists already; it is left as it is`);
  const fault = nameFault(name);
  if (fault) throw new Failure(`--name ${fault}`, 2);
  const {lessons} = openCourse();
  const path = lessons.filter(l => NINETY_MINUTES.includes(l.number));
  writeFileSync(file, classTemplate(name, 1, path));
  say(`${file} begun with ${path.length} lessons. Give it to your students:`);
  say(`  podyssey play --class ${file} --student "Ada Lovelace"`);
  say(`  podyssey submit --class ${file} --student "Ada Lovelace"`);
}

/** Names what is wrong with a class file; with students, what each of them gets. */
export async function checkClass(file: string, students: readonly string[]): Promise<void> {
  const classroom = readClassroom(file);
  for (const student of students) {
    const fault = nameFault(student);
    if (fault) throw new Failure(`student ${JSON.stringify(student)} ${fault}`);
    for (const {lesson, variant} of lessonsFor(classroom, student)) {
      const values = Object.entries(variant).map(([name, value]) => `${name}=${value}`);
      say(`${student}  ${lesson.number.padEnd(5)} ${values.join(' ') || '(the same for all)'}`);
    }
  }
  say(`${file}: ok, ${classroom.lessons.length} lessons`);
}
