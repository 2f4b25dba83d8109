/** Points for one lesson of a submission: its recording is played again, and judged by the lesson's own checks. */
import {evaluate} from '../../../course/checks.ts';
import {CLAIMS} from '../../../course/claims/claims.ts';
import {firstJudgements} from '../../../course/claims/judgements.ts';
import {VERDICTS} from '../../../course/claims/types.ts';
import {
  brierScore,
  type Evidence,
  type GradedClaim,
  type GradedLesson,
  type GradedPrediction,
  type GradedStep,
  type Moment,
  mean,
  sumOf,
} from '../../../course/grading.ts';
import type {LearnerAction, RecordedEntry, Recording} from '../../../course/recording.ts';
import type {Chronicle} from '../../../course/records.ts';
import type {Lesson, LessonStep} from '../../../course/types.ts';
import {type Witness, witnessOf} from '../../../course/witness.ts';
import type {OwnSession} from '../../session.ts';
import {commandsOf} from '../../state.ts';
import {lessonWorld, type WorldState} from '../../world.ts';
import {type Commands, chronicleOf, type LessonRun} from '../lesson-run.ts';
import {type Divergence, replay} from './replay.ts';

export interface Judged {
  readonly lesson: GradedLesson;
  readonly divergence: Divergence | undefined;
}

/** Plays and judges. `variant` is what the lesson's names stand for; `world` the lesson's, which is played in. Throws TooMuch. */
export function judgeRecording(
  lesson: Lesson,
  variant: Readonly<Record<string, string>>,
  recording: Recording,
  world: WorldState = lessonWorld(lesson),
): Judged {
  const steps: GradedStep[] = [];
  const mistakes: GradedLesson['mistakes'][number][] = [];
  const moments: Moment[] = [];
  const begin = world.cluster.now;
  let lastMs = 0;

  const visit = (entry: RecordedEntry, session: OwnSession): void => {
    const {run, branch} = session.core.state;
    const atMs = entry.at - begin;
    lastMs = Math.max(lastMs, atMs);
    const moment = momentOf(entry.action, atMs);
    if (moment) moments.push(moment);
    // 1. Misconceptions that spoke
    for (const index of run!.mistakes.slice(mistakes.length)) {
      const {say} = lesson.mistakes[index]!;
      mistakes.push({say, command: branch!.entries.at(-1)?.line ?? '', atMs: branch!.cluster.now - begin});
      moments.push({atMs, kind: 'mistake', text: say});
    }
    // 2. A step that was just done is judged as it stands
    if (run!.step > steps.length) {
      const step = lesson.steps[steps.length]!;
      steps.push(gradedStep(run!, step, session, begin, true));
      moments.push({atMs, kind: 'step', text: step.id});
    }
  };

  const {session, divergence} = replay(recording, lesson, {world, visit});
  const run = session.core.state.run!;
  // 3. Of the step at hand, what is met counts
  const current = lesson.steps[steps.length];
  if (current) {
    steps.push(gradedStep(run, current, session, begin, false));
    for (const later of lesson.steps.slice(steps.length)) steps.push(untouched(later));
  }
  const claims = claimsOf(commandsOf(session.core.state.branch));
  const scores = [...steps.flatMap(step => step.prediction ?? []), ...claims].map(({score}) => score);
  return {
    lesson: {
      id: lesson.id,
      number: lesson.number,
      title: lesson.title,
      variant,
      points: sumOf(steps.map(s => s.points)),
      of: sumOf(steps.map(s => s.of)),
      solved: run.solved && !run.shown,
      steps,
      commands: session.core.state.branch!.entries.length,
      hints: sumOf(steps.map(s => s.hints)),
      timeMs: lastMs,
      claims,
      brier: mean(scores),
      mistakes,
      moments,
    },
    divergence,
  };
}

/** The lesson as it is graded when nothing of its recording counts. */
export function unjudged(lesson: Lesson, variant: Readonly<Record<string, string>>): GradedLesson {
  const steps = lesson.steps.map(untouched);
  const {id, number, title} = lesson;
  const none = {solved: false, commands: 0, hints: 0, timeMs: 0, claims: [], brier: undefined, mistakes: [], moments: []};
  return {id, number, title, variant, points: 0, of: sumOf(steps.map(s => s.of)), steps, ...none};
}

const worth = (step: LessonStep): number => Math.max(1, step.objectives.length);

const untouched = (step: LessonStep): GradedStep => ({
  id: step.id,
  points: 0,
  of: worth(step),
  done: false,
  objectives: step.objectives.map(({text}) => ({text, met: false, gap: '', evidence: undefined})),
  hints: 0,
  prediction: undefined,
});

/**
 * A point for each objective that is met; none once the solution was played. Of a step that is not done only what something shows: to have avoided what should be
 * avoided is no merit of somebody who did nothing.
 */
function gradedStep(run: LessonRun, step: LessonStep, {core}: OwnSession, begin: number, done: boolean): GradedStep {
  const {branch} = core.state;
  const chronicle = chronicleOf(run, branch!.cluster, commandsOf(branch), step);
  const objectives = step.objectives.map(({text, check}) => {
    const {met, gap} = evaluate(check, chronicle);
    return {text, met, gap: gap(), evidence: met ? evidenceOf(witnessOf(check, chronicle), chronicle, begin) : undefined};
  });
  const met = step.objectives.length ? objectives.filter(o => o.met && (done || o.evidence)).length : Number(done);
  return {
    id: step.id,
    points: run.shown ? 0 : met,
    of: worth(step),
    done,
    objectives,
    hints: run.hints[step.id] ?? 0,
    prediction: predictionOf(run, step),
  };
}

function predictionOf(run: LessonRun, {id, predict}: LessonStep): GradedPrediction | undefined {
  const guess = run.predictions[id];
  const truth = guess?.ahead.truth();
  if (!predict || !guess || truth === undefined) return undefined;
  const {chosen, sure} = guess;
  const {ask, options} = predict;
  return {ask, chosen: options[chosen]!, truth: options[truth]!, sure, score: brierScore(options.length, chosen, truth, sure)};
}

/** The first word on each claim. Of a wrong one it does not matter which of the others was true: what is not put on it is spread evenly. */
const claimsOf = (commands: Commands): GradedClaim[] =>
  [...firstJudgements(commands).values()]
    .sort((one, other) => one.number - other.number)
    .map(({number, said, sure, right}) => {
      const {says} = CLAIMS.find(each => each.number === number)!.claim;
      return {number, says, said, right, sure, score: brierScore(VERDICTS.length, 0, right ? 0 : 1, sure)};
    });

/** The command at the end of the chain of causes, and where in the store it led. */
function evidenceOf(witness: Witness | undefined, {cluster, commands}: Chronicle, begin: number): Evidence | undefined {
  if (!witness) return undefined;
  const {journal} = cluster.machine;
  if ('command' in witness) {
    const {line, position} = witness.command;
    const before = journal.steps[position - 1 - journal.first];
    return {command: line, revision: before?.after.revision ?? 0, atMs: Math.max(0, (before?.at ?? begin) - begin)};
  }
  const {step} = witness;
  let root = step;
  while (root.cause !== 0) {
    const cause = journal.find(root.cause);
    if (!cause) break;
    root = cause;
  }
  // Ids count from 1, positions from 0: the first step of a command has the id after its position.
  const command = commands.findLast(each => each.position < root.id)?.line;
  return {command, revision: step.after.revision, atMs: step.at - begin};
}

/** What an action is on the student's timeline; undefined: nothing. */
function momentOf(action: LearnerAction, atMs: number): Moment | undefined {
  switch (action.type) {
    case 'command':
      return {atMs, kind: 'command', text: action.line};
    case 'hint':
      return {atMs, kind: 'hint', text: 'hint'};
    case 'solution':
      return {atMs, kind: 'solution', text: 'asked for the solution'};
    case 'undo':
    case 'seek':
      return {atMs, kind: 'back', text: action.type};
    case 'step':
      return action.by < 0 ? {atMs, kind: 'back', text: `back by one ${action.unit}`} : undefined;
    default:
      return undefined;
  }
}
