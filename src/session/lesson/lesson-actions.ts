/** What a learner does with a lesson: open it, go on, be helped, predict, have it solved. */
import {findLesson, lessonAfter, lessonsOf, needsOf, nextTest, testsOf} from '../../course/course.ts';
import {rareRecords} from '../../course/findings.ts';
import {isPassed, passes, STARS, type Star, starNames, without, withResult, withTested} from '../../course/progress.ts';
import {FREE_RULES} from '../../course/recording.ts';
import type {Lesson, LessonHead} from '../../course/types.ts';
import {program} from '../shell/line.ts';
import {newShell, type ProgramEnv, runToEnd} from '../shell/shell.ts';
import {type Core, commandsOf, type Entry, inPast, keepProgress, untouched} from '../state.ts';
import type {View} from '../types.ts';
import {createWorld, type WorldState} from '../world.ts';
import {lookAhead, seatOf} from './foresight.ts';
import {asked, beginLesson, chronicleOf, freshMistake, type LessonRun, objectivesOf, starsOf} from './lesson-run.ts';
import {orderAction} from './ordering.ts';

/** All objectives of the step at hand are met, and what it asks is predicted. */
export function stepDone({state: {run, branch}}: Core): boolean {
  const step = run?.lesson.steps[run.step];
  if (!run || !branch || !step) return false;
  if (asked(run, step)) return false;
  if (step.order && !run.orders[step.id]) return false;
  return objectivesOf(run, step, branch.cluster, commandsOf(branch)).every(v => v.met);
}

/** What keeps the learner from going on: a question that waits for them, or what is still to be done. */
function missing({state: {run}}: Core): string {
  const step = run?.lesson.steps[run.step];
  if (step && asked(run!, step)) return 'the question waits for your answer: choose its number, or type predict and the number';
  if (step?.order && !run!.orders[step.id]) return 'the cards wait to be put in order: order and their numbers';
  return 'the lesson shows with ◌ what is missing';
}

/** What is left of a chapter's test when a part of it has been passed. */
export function restOfTest({state: {run, progress}, options: {lessons}}: Core): LessonHead | undefined {
  if (run?.tests === undefined || !isPassed(progress, run.lesson.id)) return undefined;
  return nextTest(run.tests, lessons, progress);
}

/** `remember` keeps a line that was run. */
export function lessonActions(core: Core, remember: (entry: Omit<Entry, 'id' | 'failed' | 'filesAfter'>) => void) {
  const {worldOf = createWorld} = core.options;
  const enter = (place: View['place'], world: WorldState, run: LessonRun | undefined): void => {
    core.set({
      place,
      world,
      run,
      branch: {name: 'main', cluster: world.cluster, entries: [], undone: []},
      others: [],
      shell: newShell(world.files, world.variables),
      paused: false,
      speed: 1,
      walk: undefined,
      ...untouched,
      forkAsked: undefined,
      toast: undefined,
    });
  };

  /** False where the lesson's file cannot be played; that is said. */
  const begin = (head: LessonHead, tests?: number): boolean => {
    let lesson: Lesson;
    try {
      lesson = core.options.readLesson(head);
    } catch (error) {
      core.remark('error', (error as Error).message);
      return false;
    }
    const world = worldOf(lesson.world);
    enter('lesson', world, beginLesson(lesson, world.from, tests));
    keepProgress(core, kept => ({...kept, last: lesson.id}));
    core.set({begun: [...new Set([...core.state.begun, lesson.id])]});
    return true;
  };

  const open = (word: string): void => {
    const head = findLesson(core.options.lessons, word);
    if (!head) return core.remark('error', `there is no lesson ${word}`);
    const needs = needsOf(head, core.options.lessons, core.state.progress);
    if (!begin(head)) return;
    if (needs.length) core.remark('warn', `this lesson builds on: ${needs.join(', ')}`);
  };

  /** A chapter's test: two of its lessons, without hints and solution, every prediction right. It goes on with the one that has not been passed. */
  const testOut = (chapter: number): void => {
    const {lessons} = core.options;
    const tests = testsOf(chapter, lessons);
    const lesson = nextTest(chapter, lessons, core.state.progress) ?? tests.at(-1);
    if (!lesson) return core.remark('error', `there is no chapter ${chapter}`);
    const part = tests.length > 1 ? `, ${tests.indexOf(lesson) + 1} of ${tests.length}` : '';
    if (begin(lesson, chapter)) core.remark('accent', `test of chapter ${chapter}${part}: no hints, all predictions right`);
  };

  const forget = (word: string): void => {
    const lesson = findLesson(core.options.lessons, word);
    if (!lesson) return core.remark('error', `there is no lesson ${word}`);
    keepProgress(core, kept => without(kept, [lesson.id]));
    core.set({begun: core.state.begun.filter(id => id !== lesson.id)});
    core.remark('ok', `${lesson.number} ${lesson.title} is as if never played`);
  };

  /** What was foreseen has been made to happen: what came true is told. */
  const tell = (): void => {
    const {run, branch} = core.state;
    const step = run?.lesson.steps[run.step];
    const [guess, cards] = [step && run.predictions[step.id], step && run.orders[step.id]];
    if (!run || !step || ((!guess || guess.told) && (!cards || cards.told))) return;
    const inOrder = cards ? {...run, orders: {...run.orders, [step.id]: {...cards, score: 100}}} : run;
    if (!objectivesOf(inOrder, step, branch!.cluster, commandsOf(branch)).every(v => v.met)) return;
    core.set({
      run: {
        ...run,
        predictions: guess ? {...run.predictions, [step.id]: {...guess, told: true}} : run.predictions,
        orders: cards ? {...run.orders, [step.id]: {...cards, told: true}} : run.orders,
      },
    });
  };

  /** Looks at the lesson after anything happened: mistakes speak at once; nothing goes on by itself. */
  const judge = (): void => {
    const {run, branch} = core.state;
    if (!run || !branch || run.solved || inPast(core)) return;
    rareRecords(chronicleOf(run, branch.cluster, commandsOf(branch)));
    tell();
    const mistake = freshMistake(run, branch.cluster, commandsOf(branch));
    if (mistake === undefined) return;
    core.set({run: {...core.state.run!, mistakes: [...run.mistakes, mistake], mistakenAt: run.step}});
    core.remark('warn', run.lesson.mistakes[mistake]!.say);
  };

  const goOn = (): void => {
    const {run, branch} = core.state;
    if (!run || !branch) return;
    if (run.solved) {
      if (restOfTest(core)) return testOut(run.tests!);
      const next = lessonAfter(run.lesson.id, core.options.lessons, core.state.progress);
      if (next) open(next.id);
      else core.set({place: 'map'});
      return;
    }
    if (!stepDone(core)) return core.remark('warn', `not yet: ${missing(core)}`);
    if (run.step + 1 < run.lesson.steps.length) return core.set({run: {...run, step: run.step + 1}});
    const solved = {...run, step: run.step + 1, solved: true};
    const commands = commandsOf(branch);
    core.set({run: solved});
    if (run.shown) return core.remark('ok', 'that was the solution at work; do it yourself to earn the stars');
    const stars = starsOf(solved, commands);
    keepProgress(core, kept =>
      withResult(kept, run.lesson.id, {solved: true, tested: false, passed: passes(stars), stars, commands: commands.length}),
    );
    if (run.tests !== undefined) return mark(run.tests, stars);
    core.remark('ok', `${stars.length} of ${starNames.length} stars: ${stars.map(star => STARS[star]).join(', ')}`);
  };

  /** The outcome of a chapter's test. */
  const mark = (chapter: number, stars: readonly Star[]): void => {
    if (!passes(stars))
      return core.remark('warn', `solved, but not every prediction was right: chapter ${chapter} is not skipped; reset tries again`);
    const rest = nextTest(chapter, core.options.lessons, core.state.progress);
    if (rest) return core.remark('ok', `passed; Enter begins the rest of the test: ${rest.number} ${rest.title}`);
    const ids = lessonsOf(chapter, core.options.lessons).map(lesson => lesson.id);
    keepProgress(core, kept => withTested(kept, ids));
    core.remark('ok', `passed: chapter ${chapter} is skipped; its lessons stay open to you`);
  };

  const hint = (): void => {
    const {run} = core.state;
    if (run?.tests !== undefined) return core.remark('warn', 'this is a test: there are no hints');
    const step = run?.lesson.steps[run.step];
    if (!run || !step) return core.remark('warn', 'there is nothing to hint at');
    const shown = run.hints[step.id] ?? 0;
    if (shown >= (core.options.rules ?? FREE_RULES).hints && shown < step.hints.length)
      return core.remark('warn', 'your class allows no more hints');
    if (shown >= step.hints.length) return core.remark('warn', 'that was the last hint; solution plays the answer');
    core.set({run: {...run, hints: {...run.hints, [step.id]: shown + 1}}});
  };

  const predict = (option: number, sure = 100): void => {
    const {run, branch} = core.state;
    const step = run?.lesson.steps[run.step];
    if (!run || !branch || !step?.predict) return core.remark('warn', 'nothing is being asked');
    if (run.predictions[step.id]) return core.remark('warn', 'your prediction stands');
    if (!step.predict.options[option]) return core.remark('warn', `choose 1 to ${step.predict.options.length}`);
    const ahead = lookAhead(step.predict, run, branch.cluster, commandsOf(branch), seatOf(core));
    core.set({run: {...run, predictions: {...run.predictions, [step.id]: {chosen: option, sure, ahead, told: false}}}});
    core.remark('accent', 'noted. Now make it happen');
  };

  /** Runs the lesson's own solution, a command a line, as if typed. */
  const solution = (): void => {
    const {run} = core.state;
    if (!run) return core.remark('warn', 'there is no lesson here');
    if (run.tests !== undefined) return core.remark('warn', 'this is a test: the solution is yours to find');
    if (core.options.rules?.solutions === false) return core.remark('warn', 'your class does not show solutions');
    if (core.state.forkAsked !== 'solution') {
      core.set({forkAsked: 'solution'});
      return core.remark('warn', 'the solution earns no stars. Ask once more to see it played');
    }
    core.set({forkAsked: undefined, run: {...run, shown: true}});
    const branch = core.state.branch!;
    for (const line of run.lesson.solution) {
      const position = branch.cluster.history.position;
      const env: ProgramEnv = {cluster: branch.cluster, state: core.state.shell, disabled: []};
      const ended = runToEnd(program(line, env), branch.cluster);
      core.set({shell: env.state});
      remember({line, output: ended.output, exitCode: ended.exitCode, position, filesBefore: env.state.files});
    }
  };

  return {
    open,
    testOut,
    forget,
    judge,
    goOn,
    hint,
    predict,
    order: orderAction(core),
    solution,
    sandbox: () => enter('sandbox', worldOf(core.options.sandbox), undefined),
  };
}
