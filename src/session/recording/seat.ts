/** Where the learner of a session is, for the class to see. */
import type {Seat} from '../../course/room.ts';
import {objectivesOf} from '../lesson/lesson-run.ts';
import {commandsOf, type State} from '../state.ts';

/** Says where a session's learner is whenever that changed; times in milliseconds since 1970. */
export function seatKeeper(who: {class: string; student: string; lessons: readonly {id: string; number: string}[]}) {
  let step = '';
  let since = 0;
  let told = '';
  /** The seat, if anything in it is new; undefined otherwise, and while no lesson is played. */
  return (state: State, now: number): Seat | undefined => {
    const {run, branch, progress} = state;
    if (!run || !branch || state.place !== 'lesson') return undefined;
    const {lesson} = run;
    const key = `${lesson.id}/${run.step}`;
    if (key !== step) [step, since] = [key, now];
    const news = JSON.stringify([key, branch.entries.length, run.mistakes, run.hints, run.solved]);
    if (news === told) return undefined;
    told = news;
    const current = lesson.steps[run.step];
    const missing = current && objectivesOf(run, current, branch.cluster, commandsOf(branch)).findIndex(v => !v.met);
    return {
      version: 1,
      class: who.class,
      student: who.student,
      updated: now,
      lesson: lesson.number,
      title: lesson.title,
      done: run.step,
      steps: lesson.steps.length,
      since,
      gap: (missing !== undefined && current?.objectives[missing]?.text) || '',
      hints: Object.values(run.hints).reduce((a, b) => a + b, 0),
      mistakes: run.mistakes.map(i => lesson.mistakes[i]!.say),
      solved: who.lessons.filter(l => progress.lessons[l.id]?.solved).map(l => l.number),
      lessons: who.lessons.length,
    };
  };
}
