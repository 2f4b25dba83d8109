/** `podyssey submit`: what a student did in the lessons of a class, as one small file to hand in. */
import {existsSync} from 'node:fs';
import {homedir} from 'node:os';
import {FORMAT, nameFault, sealed} from '../../course/submission.ts';
import {SHARED, writeJsonFile} from '../../platform/json-file.ts';
import {dataFolder} from '../../platform/paths.ts';
import {fileName, openRecordings, recordingsFolder} from '../../platform/recordings.ts';
import {lessonsFor, readClassroom} from '../classroom.ts';
import {Failure} from '../failure.ts';
import {say, warn} from '../output.ts';

export interface SubmitOptions {
  class: string;
  student: string;
  output?: string;
  version: string;
}

export async function submit({class: file, student, output, version}: SubmitOptions): Promise<void> {
  const fault = nameFault(student);
  if (fault) throw new Failure(`--student ${fault}`, 2);
  const classroom = readClassroom(file);
  const {name, seed, variants, deadline} = classroom.class;
  const recordings = openRecordings(recordingsFolder(dataFolder(process.env, process.platform, homedir()), {class: name, student}));
  const lessons = lessonsFor(classroom, student).flatMap(({lesson}) => {
    const attempt = recordings.best(lesson.id);
    return attempt ? [{id: lesson.id, title: `${lesson.number} ${lesson.title}`, steps: lesson.steps.length, ...attempt}] : [];
  });
  if (lessons.length === 0)
    throw new Failure(
      `${student} has not played a lesson of ${name} on this machine yet: podyssey play --class ${file} --student "${student}"`,
    );
  const target = output ?? `${fileName(name)}-${fileName(student)}.pody`;
  if (output === undefined && existsSync(target)) warn(`${target} is replaced`);
  const now = new Date();
  writeJsonFile(
    target,
    sealed({
      format: FORMAT,
      engine: version,
      class: {name, seed, variants},
      student,
      written: now.toISOString(),
      lessons: lessons.map(({id, hash, variant, recording}) => ({id, hash, variant, recording})),
    }),
    SHARED,
  );
  for (const {title, steps, recording} of lessons) say(`${title}: ${recording.done} of ${steps} steps`);
  say(`${target} written: hand it in`);
  if (deadline && now.getTime() > Date.parse(deadline)) warn(`the deadline was ${deadline}`);
}
