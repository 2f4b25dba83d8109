/** `podyssey replay`: a recorded lesson, played back and forth; on a screen for the projector, as text, or as a page. */
import {existsSync, writeFileSync} from 'node:fs';
import type {Recording} from '../../course/recording.ts';
import {filmPage} from '../../course/report/film-page.ts';
import {minutes} from '../../course/report/table.ts';
import {faultText, parseLesson} from '../../course/schema.ts';
import {digestOf, type HandedInLesson} from '../../course/submission.ts';
import type {Lesson} from '../../course/types.ts';
import {readSubmission} from '../../platform/submissions.ts';
import {clean, cleanLines} from '../../selectors/text.ts';
import {replay as playAgain} from '../../session/lesson/grading/replay.ts';
import {filmOf, type PlayedFilm} from '../../session/recording/film.ts';
import {createPlayer} from '../../session/recording/player.ts';
import {chooseTheme, type ThemeName} from '../../tui/theme.ts';
import {lessonsWhere, readLessons} from '../course.ts';
import {Failure} from '../failure.ts';
import {firstPaint, onScreen} from '../front-end.ts';
import {print, say, warn} from '../output.ts';
import {wallClock} from '../wall-clock.ts';

export interface ReplayOptions {
  lesson?: string;
  lessonFile?: string;
  html?: string;
  plain?: boolean;
  ascii?: boolean;
  color: boolean;
  theme?: ThemeName;
}

export async function replay(file: string, options: ReplayOptions): Promise<void> {
  const {lesson, recording, otherLesson} = chosen(file, options);
  if (otherLesson) warn('it was played on another version of the lesson file; it may go another way');
  if (options.html !== undefined) {
    if (existsSync(options.html)) throw new Failure(`${options.html} exists already; it is left as it is`);
    const film = filmOf(recording, lesson);
    writeFileSync(options.html, filmPage(film));
    say(`${options.html}: ${film.scenes.length} scenes`);
    return told(film);
  }
  if (!onScreen(options)) {
    const film = filmOf(recording, lesson);
    print(filmText(film));
    return told(film);
  }
  firstPaint(options);
  const {session} = playAgain(recording, lesson, {ports: wallClock});
  const {runScreen} = await import('../../tui/run.tsx');
  const screen = runScreen(createPlayer(session, wallClock), {theme: chooseTheme(process.env, options), projector: true});
  await screen.ended;
  session.close();
}

/** The lesson of a submission that was asked for, or its only one. Throws Failure. */
function chosen(file: string, {lesson: word, lessonFile}: ReplayOptions): {lesson: Lesson; recording: Recording; otherLesson: boolean} {
  const handedIn = handedInLesson(file, word);
  const sources = lessonFile === undefined ? lessonsWhere(({id}) => id === handedIn.id) : readLessons([lessonFile]);
  const source = sources.find(({lesson}) => lesson?.id === handedIn.id);
  if (!source) throw new Failure(`there is no lesson ${handedIn.id} here; name its file with --lesson-file`);
  const {lesson, faults} = parseLesson(source.text, source.file, handedIn.variant);
  if (!lesson) throw new Failure(faultText(faults[0]!));
  return {lesson, recording: handedIn.recording, otherLesson: handedIn.hash !== digestOf(source.text)};
}

function handedInLesson(file: string, word: string | undefined): HandedInLesson {
  const {lessons} = read(file);
  const found = word === undefined ? lessons[0] : lessons.find(each => each.id === word);
  if (!found) throw new Failure(`${file} holds ${lessons.map(each => each.id).join(', ') || 'no lesson'}; choose with --lesson ID`);
  return found;
}

function read(file: string) {
  try {
    return readSubmission(file);
  } catch (error) {
    throw new Failure(`${clean(file)}: ${(error as Error).message}`);
  }
}

function told({divergence}: PlayedFilm): void {
  if (divergence) throw new Failure(`it does not replay to its end: ${divergence.why}`);
}

function filmText({lesson, scenes}: PlayedFilm): string {
  const all = scenes.flatMap(scene => [
    '',
    `${minutes(scene.atMs)}  ${clean(scene.title)}`,
    ...(scene.output === '' ? [] : cleanLines(scene.output.replace(/\n$/, '')).map(line => `      ${line}`)),
    ...scene.story.map(line => `  | ${clean(line)}`),
    ...scene.objectives.map(o => `      ${o.met ? '[x]' : '[ ]'} ${clean(o.text)}`),
  ]);
  return `${[`${lesson.number} ${lesson.title}`, lesson.about, ...all].join('\n')}\n`;
}
