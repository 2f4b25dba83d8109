/** What a learner does with a lesson: open it, go on, be helped, predict, have it solved. */
import {findLesson, needsOf, nextLesson} from '../course/course.ts';
import {withResult} from '../course/progress.ts';
import type {Lesson} from '../course/types.ts';
import type {Cluster} from '../engine/cluster/cluster.ts';
import {beginLesson, foresee, freshMistake, type LessonRun, objectivesOf, STARS, starsOf} from './lesson-run.ts';
import {program} from './line.ts';
import {newShell, type ProgramEnv, runToEnd} from './shell.ts';
import {type Core, commandsOf, type Entry, inPast} from './state.ts';
import type {View} from './types.ts';
import {createWorld, lessonWorld, type WorldState} from './world.ts';

/** All objectives of the step at hand are met, and what it asks is predicted. */
export function stepDone({state: {run, branch}}: Core): boolean {
  const step = run?.lesson.steps[run.step];
  if (!run || !branch || !step) return false;
  if (step.predict && !run.predictions[step.id]) return false;
  return objectivesOf(run, step, branch.cluster, commandsOf(branch)).every(v => v.met);
}

/** `remember` keeps a line that was run. */
export function lessonActions(core: Core, remember: (entry: Omit<Entry, 'id' | 'failed'>) => void) {
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
      selected: undefined,
      forkAsked: undefined,
      toast: undefined,
    });
  };

  const open = (word: string): void => {
    const head = findLesson(core.options.lessons, word);
    if (!head) return core.remark('error', `there is no lesson ${word}`);
    const needs = needsOf(head, core.options.lessons, core.state.progress);
    let lesson: Lesson;
    try {
      lesson = core.options.readLesson(head);
    } catch (error) {
      return core.remark('error', (error as Error).message);
    }
    const world = lessonWorld(lesson);
    enter('lesson', world, beginLesson(lesson, world.from));
    if (needs.length) core.remark('warn', `this lesson builds on: ${needs.join(', ')}`);
    core.set({progress: {...core.state.progress, last: lesson.id}});
    core.options.ports.saveProgress(core.state.progress);
  };

  /** Looks at the lesson after anything happened: mistakes speak at once; nothing goes on by itself. */
  const judge = (): void => {
    const {run, branch} = core.state;
    if (!run || !branch || run.solved || inPast(core)) return;
    const mistake = freshMistake(run, branch.cluster, commandsOf(branch));
    if (mistake === undefined) return;
    core.set({run: {...run, mistakes: [...run.mistakes, mistake]}});
    core.remark('warn', run.lesson.mistakes[mistake]!.say);
  };

  const goOn = (): void => {
    const {run, branch} = core.state;
    if (!run || !branch) return;
    if (run.solved) {
      const next = nextLesson(core.options.lessons, core.state.progress);
      if (next) open(next.id);
      else core.set({place: 'map'});
      return;
    }
    if (!stepDone(core)) return core.remark('warn', 'not yet: see what is missing on the left');
    if (run.step + 1 < run.lesson.steps.length) return core.set({run: {...run, step: run.step + 1}});
    const solved = {...run, step: run.step + 1, solved: true};
    const commands = commandsOf(branch);
    core.set({run: solved});
    if (run.shown) return core.remark('ok', 'that was the solution at work; do it yourself to earn the stars');
    const stars = starsOf(solved, commands);
    core.set({progress: withResult(core.state.progress, run.lesson.id, {solved: true, stars, commands: commands.length})});
    core.options.ports.saveProgress(core.state.progress);
    core.remark('ok', `solved, ${stars} of ${STARS} stars`);
  };

  const hint = (): void => {
    const {run} = core.state;
    const step = run?.lesson.steps[run.step];
    if (!run || !step) return core.remark('warn', 'there is nothing to hint at');
    const shown = run.hints[step.id] ?? 0;
    if (shown >= step.hints.length) return core.remark('warn', 'that was the last hint; solution plays the answer');
    core.set({run: {...run, hints: {...run.hints, [step.id]: shown + 1}}});
  };

  const predict = (option: number): void => {
    const {run, branch} = core.state;
    const step = run?.lesson.steps[run.step];
    if (!run || !branch || !step?.predict) return core.remark('warn', 'nothing is being asked');
    if (run.predictions[step.id]) return core.remark('warn', 'your prediction stands');
    if (!step.predict.options[option]) return core.remark('warn', `choose 1 to ${step.predict.options.length}`);
    const truth = foresee(step.predict, run, branch.cluster, commandsOf(branch), playOn);
    core.set({run: {...run, predictions: {...run.predictions, [step.id]: {chosen: option, truth, told: false}}}});
    core.remark('accent', 'noted. Now make it happen');
  };

  const playOn = (branch: Cluster, lines: readonly string[]): void => {
    const env: ProgramEnv = {cluster: branch, state: core.state.shell, disabled: []};
    for (const line of lines) runToEnd(program(line, env), branch);
  };

  /** Runs the lesson's own solution, a command a line, as if typed. */
  const solution = (): void => {
    const {run} = core.state;
    if (!run) return core.remark('warn', 'there is no lesson here');
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
    judge,
    goOn,
    hint,
    predict,
    solution,
    sandbox: () => enter('sandbox', createWorld(core.options.sandbox), undefined),
  };
}
