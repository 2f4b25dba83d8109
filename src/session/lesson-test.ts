/** Proves a lesson headless: it is not solved at its start, its solution and every alternative solve it, its mistakes fire, its predictions have an answer. */
import {evaluate} from '../course/checks.ts';
import type {Lesson, LessonStep} from '../course/types.ts';
import {beginLesson, type Commands, chronicleOf, foresee, type LessonRun, objectivesOf} from './lesson-run.ts';
import {program} from './line.ts';
import {newShell, type ProgramEnv, runToEnd} from './shell.ts';
import {lessonWorld, type WorldState} from './world.ts';

/** How long a step's objectives may take to come true after the last line typed. */
const PATIENCE_MS = 600_000;

/** A learner who types lines at a lesson; time passes at once where it is waited for. */
interface Play {
  run: LessonRun;
  readonly world: WorldState;
  env: ProgramEnv;
  readonly commands: Commands[number][];
  readonly output: string[];
}

function begin(lesson: Lesson): Play {
  const world = lessonWorld(lesson);
  const env: ProgramEnv = {
    cluster: world.cluster,
    state: newShell(world.files),
    disabled: lesson.disable,
  };
  return {run: beginLesson(lesson, world.from), world, env, commands: [], output: []};
}

/** Lines that are the session's own. */
const special: Record<string, (play: Play) => void> = {
  back(play) {
    const {history} = play.world.cluster;
    const end = history.position;
    history.seek(end - 1);
    history.seek(end);
    play.run = {...play.run, rewound: play.run.rewound + 1};
  },
};

function type(play: Play, line: string): void {
  const own = special[line];
  if (own) return own(play);
  const {cluster} = play.world;
  const position = cluster.history.position;
  const ended = runToEnd(program(line, play.env), cluster);
  play.commands.push({line, exitCode: ended.exitCode, position});
  play.output.push(`$ ${line}\n${ended.output}`);
}

const stepOf = (play: Play): LessonStep | undefined => play.run.lesson.steps[play.run.step];

const met = (play: Play): boolean => {
  const step = stepOf(play);
  return step !== undefined && objectivesOf(play.run, step, play.world.cluster, play.commands).every(v => v.met);
};

/** Goes on through steps whose objectives are met, predicting what is asked for. */
function advance(play: Play, problems: string[]): void {
  for (let step = stepOf(play); step; step = stepOf(play)) {
    if (step.predict && !play.run.predictions[step.id]) {
      const truth = foresee(step.predict, play.run, play.world.cluster, play.commands, (branch, lines) => {
        const env = {...play.env, cluster: branch};
        for (const line of lines) runToEnd(program(line, env), branch);
      });
      if (truth === undefined) problems.push(`step ${step.id}: the run ahead leads to none of the options`);
      play.run = {...play.run, predictions: {...play.run.predictions, [step.id]: {chosen: truth ?? 0, truth, told: true}}};
    }
    if (!met(play)) return;
    play.run = {...play.run, step: play.run.step + 1};
  }
}

/** Types lines one after the other; after the last of them, and where a step needs it, time passes. Returns what is missing at the end. */
function follow(lesson: Lesson, lines: readonly string[], problems: string[], name: string): Play {
  const play = begin(lesson);
  advance(play, problems);
  for (const line of lines) {
    type(play, line);
    advance(play, problems);
    if (!stepOf(play)) break;
    const {machine} = play.world.cluster;
    const limit = machine.now + PATIENCE_MS;
    while (!met(play) && !machine.idle && machine.now < limit && machine.step());
    advance(play, problems);
  }
  const step = stepOf(play);
  if (step) {
    const gaps = objectivesOf(play.run, step, play.world.cluster, play.commands).flatMap((v, i) =>
      v.met ? [] : [`${step.objectives[i]!.text}: ${v.gap}`],
    );
    problems.push(`${name} does not solve step ${step.id}: ${gaps.join('; ')}`, ...play.output.slice(-2).map(o => o.trimEnd()));
  }
  return play;
}

/** What is wrong with a lesson; empty when all is well. */
export function testLesson(lesson: Lesson): string[] {
  const problems: string[] = [];
  const untouched = begin(lesson);
  const first = stepOf(untouched)!;
  untouched.run = {...untouched.run, predictions: Object.fromEntries(lesson.steps.map(s => [s.id, {chosen: 0, truth: 0, told: true}]))};
  if (lesson.steps.every(step => objectivesOf(untouched.run, step, untouched.world.cluster, []).every(v => v.met))) {
    problems.push(`it is solved before the learner does anything (step ${first.id})`);
  }
  follow(lesson, lesson.solution, problems, 'the solution');
  lesson.alternatives.forEach((lines, i) => void follow(lesson, lines, problems, `alternative ${i + 1}`));
  lesson.mistakes.forEach((mistake, i) => {
    const play = begin(lesson);
    if (evaluate(mistake.when, chronicleOf(play.run, play.world.cluster, [])).met)
      problems.push(`mistake ${i + 1} fires before anything is done`);
    for (const line of mistake.example) type(play, line);
    play.world.cluster.settle(PATIENCE_MS);
    if (!evaluate(mistake.when, chronicleOf(play.run, play.world.cluster, play.commands)).met)
      problems.push(`mistake ${i + 1} does not fire on its example`);
  });
  return problems;
}
