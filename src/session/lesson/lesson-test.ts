/**
 * Proves a lesson headless: it is not solved at its start; its solution and every alternative solve it, step by step; its predictions come true as one of the
 * options; its mistakes fire, and only when they are made; and every clause of its checks matters: dropped, some of these plays would be judged differently.
 */
import {evaluate} from '../../course/checks.ts';
import type {Check, Lesson, LessonStep} from '../../course/types.ts';
import {program} from '../shell/line.ts';
import {newShell, type ProgramEnv, runToEnd} from '../shell/shell.ts';
import {lessonWorld, type WorldState} from '../world.ts';
import {foreseen, lookAhead} from './foresight.ts';
import {beginLesson, type Commands, chronicleOf, type LessonRun, objectivesOf} from './lesson-run.ts';
import {foreseeOrder} from './ordering.ts';

/** What is wrong, and where in the file. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

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

/** Each play has the world as it was in the beginning: the world is built once, and played in on branches. */
function begin(lesson: Lesson, built: WorldState): Play {
  const world = {...built, cluster: built.cluster.history.branch()};
  const env: ProgramEnv = {cluster: world.cluster, state: newShell(world.files, world.variables), disabled: lesson.disable};
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

/** Lets time pass until it is enough, or nothing more will come. */
function waitUntil(play: Play, enough: () => boolean): void {
  const {machine} = play.world.cluster;
  const limit = machine.now + PATIENCE_MS;
  while (!enough() && !machine.idle && machine.now < limit) machine.step();
}

/**
 * Goes on through steps whose objectives are met, predicting what is asked for and putting cards in their true order. `begun` is told the index of a step that has
 * something to do, and is met when it begins.
 */
function advance(play: Play, problems: Problem[], begun: (step: number) => void = () => undefined): void {
  for (let step = stepOf(play), first = play.run.step; step; step = stepOf(play)) {
    if (step.predict && !play.run.predictions[step.id]) {
      const truth = lookAhead(step.predict, play.run, play.world.cluster, play.commands, play.env).truth();
      if (truth === undefined) {
        problems.push({path: ['steps', play.run.step, 'predict'], message: `step ${step.id}: the run ahead leads to none of the options`});
      }
      play.run = {
        ...play.run,
        predictions: {...play.run.predictions, [step.id]: {chosen: truth ?? 0, sure: 100, ahead: foreseen(truth), told: true}},
      };
    }
    if (step.order && !play.run.orders[step.id]) {
      const truth = foreseeOrder(step.order, play.run, play.world.cluster, play.commands, play.env);
      if ('wrong' in truth) problems.push({path: ['steps', play.run.step, 'order'], message: `step ${step.id}: ${truth.wrong}`});
      const order = 'order' in truth ? truth.order : [];
      play.run = {
        ...play.run,
        orders: {...play.run.orders, [step.id]: {answer: order, truth: order, score: 100, first: 100, told: true}},
      };
    }
    if (!met(play)) return;
    if (step.do && play.run.step > first) begun(play.run.step);
    play.run = {...play.run, step: play.run.step + 1};
  }
}

/** Whether the step at hand, which asks for more than patience, comes true when nobody does anything: looked at on a branch. */
function comesByItself(play: Play): boolean {
  const asked = stepOf(play)?.do;
  if (asked === undefined || asked.startsWith('sleep ')) return false;
  const cluster = play.world.cluster.history.branch();
  const alone: Play = {...play, world: {...play.world, cluster}, env: {...play.env, cluster}};
  waitUntil(alone, () => met(alone));
  return met(alone);
}

/** Types lines one after the other, letting time pass where a step needs it. Hands every moment after a line to `look`. */
function follow(play: Play, lines: readonly string[], path: Problem['path'], problems: Problem[], look: (play: Play) => void): void {
  const given = (step: number): void => {
    // Other ways may do several steps at once.
    if (path[0] === 'solution') problems.push({path: ['steps', step], message: 'it is done before it begins'});
  };
  advance(play, problems);
  for (const line of lines) {
    const before = play.run.step;
    type(play, line);
    advance(play, problems, given);
    look(play);
    if (path[0] === 'solution' && play.run.step > before && comesByItself(play))
      problems.push({path: ['steps', play.run.step], message: 'it comes true by itself: nothing has to be done'});
    if (!stepOf(play)) break;
    waitUntil(play, () => met(play));
    advance(play, problems, given);
    look(play);
  }
  const step = stepOf(play);
  if (!step) return;
  const gaps = objectivesOf(play.run, step, play.world.cluster, play.commands).flatMap((v, i) =>
    v.met ? [] : [`${step.objectives[i]!.text}: ${v.gap()}`],
  );
  const last = play.output.slice(-2).map(o => o.trimEnd());
  problems.push({path, message: [`it does not solve step ${step.id}: ${gaps.join('; ')}`, ...last].join('\n')});
}

/** A clause of a check: how the check would be without it, and whether any moment of any play told the difference. */
interface Clause {
  readonly path: Problem['path'];
  readonly name: string;
  readonly check: Check;
  readonly without: Check;
  noticed: boolean;
}

/** Each way to leave one clause out of an `all`, or else the whole check left out. */
function clausesOf(lesson: Lesson): Clause[] {
  const without = (check: Check): {what: string; without: Check}[] =>
    'all' in check && check.all.length > 1
      ? check.all.map((_, i) => ({what: `clause ${i + 1}`, without: {all: check.all.filter((_, k) => k !== i)}}))
      : [{what: 'the check', without: {all: []}}];
  return lesson.steps.flatMap(({objectives}, s) =>
    objectives.flatMap(({text, check}, o) =>
      without(check).map(each => ({
        path: ['steps', s, 'objectives', o],
        name: `${each.what} of "${text}"`,
        check,
        without: each.without,
        noticed: false,
      })),
    ),
  );
}

/** What is wrong with a lesson; empty when all is well. */
export function testLesson(lesson: Lesson): Problem[] {
  const problems: Problem[] = [];
  const world = lessonWorld(lesson);
  const clauses = clausesOf(lesson);
  const look = (play: Play): void => {
    const chronicle = {...chronicleOf(play.run, play.world.cluster, play.commands), predicted: true};
    for (const clause of clauses) clause.noticed ||= evaluate(clause.check, chronicle).met !== evaluate(clause.without, chronicle).met;
  };

  // 1. Nothing is given away
  const untouched = begin(lesson, world);
  look(untouched);
  if (lesson.steps.every(step => objectivesOf(untouched.run, step, untouched.world.cluster, []).every(v => v.met))) {
    problems.push({path: ['steps'], message: 'it is solved before the learner does anything'});
  }

  // 2. Every way leads there
  const accused = new Set<number>();
  const watched = (play: Play): void => {
    look(play);
    const chronicle = chronicleOf(play.run, play.world.cluster, play.commands);
    lesson.mistakes.forEach(({when}, i) => void (evaluate(when, chronicle).met && accused.add(i)));
  };
  follow(begin(lesson, world), lesson.solution, ['solution'], problems, watched);
  lesson.alternatives.forEach((lines, i) => void follow(begin(lesson, world), lines, ['alternatives', i], problems, watched));
  for (const i of accused) problems.push({path: ['mistakes', i], message: 'it fires on a way that solves the lesson'});

  // 3. Mistakes speak when they are made
  lesson.mistakes.forEach((mistake, i) => {
    const play = begin(lesson, world);
    const fires = (): boolean => evaluate(mistake.when, chronicleOf(play.run, play.world.cluster, play.commands)).met;
    if (fires()) problems.push({path: ['mistakes', i], message: 'it fires before anything is done'});
    for (const line of mistake.example) type(play, line);
    waitUntil(play, fires);
    if (!fires())
      problems.push({path: ['mistakes', i], message: ['it does not fire on its example', ...play.output.map(o => o.trimEnd())].join('\n')});
    look(play);
  });

  // 4. Every clause matters
  if (problems.length) return problems;
  return clauses
    .filter(clause => !clause.noticed)
    .map(({path, name}) => ({path, message: `${name} does not matter: no play of this lesson is judged differently without it`}));
}
