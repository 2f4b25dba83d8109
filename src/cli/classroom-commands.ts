/** The commands of the classroom, and what each of them takes. */
import {type Command, Option} from 'commander';

type Takes = (command: Command) => Command;

/** Adds them. `common`: what every command takes; `withLooks`: what every one with a screen does. */
export function addClassroom(program: Command, {common, withLooks}: {common: Takes; withLooks: Takes}, version: string): void {
  const room = program.command('class').description('a class: begin one, check its file, watch the room');
  common(room.command('new').description('write a class file to change'))
    .argument('<file>', 'the file to begin')
    .option('--name <name>', 'what the students know it by')
    .action(async (file: string, options) => (await import('./commands/class.ts')).newClass(file, options.name));
  common(room.command('check').description('name what is wrong with a class file, and what each student gets'))
    .argument('<file>', 'the class file')
    .argument('[student...]', 'names')
    .action(async (file: string, students: string[]) => (await import('./commands/class.ts')).checkClass(file, students));
  withLooks(common(room.command('watch').description('show where everybody is, live')))
    .argument('<folder>', 'the folder that the class shares')
    .option('--once', 'tell it once and be done')
    .action(async (folder: string, options) => (await import('./commands/watch.ts')).watchClass(folder, options));
  withLooks(common(program.command('replay').description('a recorded lesson, played back and forth: for the projector')))
    .argument('<file>', 'a submission')
    .option('--lesson <id>', 'which of its lessons; without it, the first')
    .option('--lesson-file <file>', 'a lesson file of your own that it was played on')
    .option('--html <file>', 'write it as a page that opens anywhere')
    .action(async (file: string, options) => (await import('./commands/replay.ts')).replay(file, options));
  common(program.command('submit').description('write what you did in the lessons of a class as one file to hand in'))
    .requiredOption('--class <file>', 'the class file')
    .requiredOption('--student <name>', 'who you are')
    .option('-o, --output <file>', 'the file to write')
    .action(async options => (await import('./commands/submit.ts')).submit({...options, version}));
  common(program.command('grade').description('play submissions again and say what they are worth'))
    .argument('<file...>', 'submissions, or folders of them')
    .option('--class <file>', 'the class file; without it, what the submissions say of their class')
    .addOption(new Option('-o, --output <format>', 'how it is told').choices(['table', 'json', 'csv', 'html']).default('table'))
    .action(async (files: string[], options) => (await import('./commands/grade.ts')).grade(files, {...options, version}));
}
