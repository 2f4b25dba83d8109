/** What front ends see of a session: a snapshot of everything, made anew when something changed. */

import {lessonAfter} from '../course/course.ts';
import type {Lesson} from '../course/types.ts';
import type {PredictedFacts} from '../selectors/facts/scheduler.ts';
import {readFacts} from '../selectors/read-facts.ts';
import {courseView, titled} from './course-view.ts';
import {restOfTest, stepDone} from './lesson/lesson-actions.ts';
import {asked, objectivesOf} from './lesson/lesson-run.ts';
import {orderingView} from './lesson/ordering.ts';
import {contextOf} from './shell/prompt-context.ts';
import type {Underway} from './shell/shell-actions.ts';
import {type Core, clusterOf, commandsOf, type Entry, inPast} from './state.ts';
import {besideView, timeView, waitingView} from './time/time-view.ts';
import type {LessonView, PredictionView, TranscriptEntry, View} from './types.ts';

/** `waiting`: requests of attached clients that wait for the clock. */
export function viewOf(core: Core, running: Underway | undefined, waiting: readonly TranscriptEntry[]): View {
  const {state} = core;
  const {user, namespace} = contextOf(state.shell);
  const prediction = predictionView(core);
  const transcript: TranscriptEntry[] = (state.branch?.entries ?? []).map(({id, line, output, failed}) => ({id, line, output, failed}));
  if (running) transcript.push({id: running.id, line: running.line, output: running.output, failed: false});
  return {
    place: state.place,
    course: courseView({lessons: core.options.lessons, progress: state.progress, begun: state.begun}),
    lesson: lessonView(core),
    time: timeView(core),
    facts: readFacts(clusterOf(core), {
      from: state.world?.from ?? 0,
      selected: state.selected,
      question: state.question,
      walk: state.walk,
      command: lastCommand(core),
      predicted: predictedFacts(prediction),
    }),
    transcript: [...transcript, ...waiting],
    busy: running !== undefined,
    waiting: running && waitingView(core, running),
    shown: state.shown,
    beside: besideView(state),
    prediction,
    ordering: orderingView(core),
    editing: state.editing,
    toast: state.toast,
    context: user,
    namespace,
  };
}

/** What was typed last, as long as the present is looked at. */
const lastCommand = (core: Core): Entry | undefined =>
  inPast(core) ? undefined : core.state.branch?.entries.findLast(entry => entry.aside === undefined);

function lessonView(core: Core): LessonView | undefined {
  const {lessons} = core.options;
  const {run, branch} = core.state;
  if (!run || !branch) return undefined;
  const {lesson} = run;
  const commands = commandsOf(branch);
  const current = lesson.steps[run.step];
  const shown = current ? (run.hints[current.id] ?? 0) : 0;
  const next = run.solved ? (restOfTest(core) ?? lessonAfter(lesson.id, lessons, core.state.progress)) : undefined;
  return {
    id: lesson.id,
    number: lesson.number,
    title: lesson.title,
    isTest: run.tests !== undefined,
    panels: lesson.panels,
    current: run.step,
    steps: lesson.steps.map((s, i) => {
      const verdicts = i === run.step ? objectivesOf(run, s, branch.cluster, commands) : [];
      const questionFirst = i === run.step && asked(run, s);
      return {
        id: s.id,
        say: s.say,
        command: run.tests === undefined ? s.do : undefined,
        panel: s.panel,
        state: i < run.step ? 'done' : i === run.step ? 'current' : 'later',
        questionFirst,
        askedLate: questionFirst && verdicts.length > 0 && verdicts.every(verdict => verdict.met),
        objectives: (questionFirst ? [] : s.objectives).map((o, k) => ({
          text: o.text,
          met: i < run.step || Boolean(verdicts[k]?.met),
          gap: verdicts[k]?.met === false ? [verdicts[k].gap(), run.tests === undefined && o.look].filter(Boolean).join('. ') : '',
        })),
      };
    }),
    hints: current?.hints.slice(0, shown) ?? [],
    hintsLeft: run.tests === undefined ? (current?.hints.length ?? 0) - shown : 0,
    mistake: run.mistakenAt === run.step ? lesson.mistakes[run.mistakes.at(-1)!]!.say : undefined,
    debrief: run.solved ? debriefOf(lesson) : undefined,
    solved: run.solved,
    // What is still on its way has not been seen yet.
    stepDone: core.state.walk === undefined && stepDone(core),
    next: next && titled(next),
  };
}

function predictionView(core: Core): PredictionView | undefined {
  const {run} = core.state;
  const current = run?.lesson.steps[run.step];
  if (!run || !current?.predict) return undefined;
  const guess = run.predictions[current.id];
  if (!guess && !asked(run, current)) return undefined;
  const truth = guess?.told ? guess.ahead.truth() : undefined;
  return {
    id: current.id,
    ask: current.predict.ask,
    options: current.predict.options,
    chosen: guess?.chosen,
    truth,
    verdict: truth === undefined ? '' : truth === guess?.chosen ? 'you saw it coming' : `it was ${current.predict.options[truth]}`,
  };
}

function predictedFacts(prediction: PredictionView | undefined): PredictedFacts | undefined {
  if (prediction?.chosen === undefined) return undefined;
  const {ask, options, chosen, truth} = prediction;
  return {ask, guess: options[chosen] ?? '', truth: truth === undefined ? undefined : options[truth]};
}

const debriefOf = ({debrief, myth}: Lesson): string =>
  myth ? `${debrief}\n\n**Myth**: ${myth.claim}\n\n**Truth**: ${myth.truth}` : debrief;
