/**
 * Lesson 10.2 played by its solution through the session and its ticker, as in the thread of a game whose screen looks at the lesson's panels, in a process of its own; prints
 * what was measured as JSON. Time is skipped while a program sleeps, so each slice computes as long as it may. Nobody waits between two slices: the clock jumps.
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {PerformanceObserver} from 'node:perf_hooks';
import {setImmediate as breath} from 'node:timers/promises';
import {serialize} from 'node:v8';
import {readLessons} from '../../../src/cli/course.ts';
import {hostSession} from '../../../src/session/far/host.ts';
import type {FactName, FromSession} from '../../../src/session/far/messages.ts';
import {stepDone} from '../../../src/session/lesson/lesson-actions.ts';
import {clusterOf} from '../../../src/session/state.ts';
import {openSession} from '../../session/open-session.ts';
import {heapUsed} from '../measure.ts';
import {handlerOf} from '../pipeline.ts';
import type {Slice, Stretch, Told} from './told.ts';

/** What a screen of 160x45 shows of lesson 10.2. */
const LOOKED: readonly FactName[] = ['now', 'revision', 'pipeline', 'scheduler', 'network', 'controllers', 'kubelets', 'trends'];

/** Steps shorter than this are not told one by one. */
const LONG_MS = 2;
/** What a command takes at most. */
const MOST_SLICES = 100_000;
/** How many slices one waits for what a step asks for. */
const PATIENCE = 375;

// ---- the clock ----

let jumped = 0;
const now = (): number => performance.now() + jumped;
let due: {readonly at: number; readonly callback: () => void}[] = [];
const later = (ms: number, callback: () => void): (() => void) => {
  const one = {at: now() + ms, callback};
  due.push(one);
  return () => {
    due = due.filter(each => each !== one);
  };
};

// ---- what is measured ----

const collections: Stretch[] = [];
new PerformanceObserver(list => {
  for (const {startTime, duration} of list.getEntries()) collections.push({from: startTime, ms: duration});
}).observe({entryTypes: ['gc']});

const SCHEDULE = '/proc/thread-self/schedstat';
const canTell = existsSync(SCHEDULE);
/** Milliseconds for which this thread wanted a processor and others had it. */
const withheld = (): number => (canTell ? Number(readFileSync(SCHEDULE, 'utf8').split(' ')[1]) / 1e6 : 0);

const slices: Slice[] = [];
const steps: (Stretch & {readonly who: string})[] = [];

const lesson = readLessons()
  .flatMap(read => read.lesson ?? [])
  .find(({number}) => number === '10.2')!;
const session = openSession([lesson], {ports: {now, later}});
/** What the screen is told, for `redraw.tsx`. */
const tellings: FromSession[] = [];
const take = hostSession(session, message => {
  const copy = structuredClone(message);
  if (copy.kind === 'view') tellings.push(copy);
});
take({id: 1, kind: 'look', at: LOOKED});
const {core} = session;

let stepFrom = 0;
let stepWaited = 0;
const timeSteps = (): void => {
  const {machine} = clusterOf(core)!;
  machine.subscribe(() => {
    const end = performance.now();
    if (end - stepFrom > LONG_MS) {
      const waited = withheld();
      steps.push({from: stepFrom, ms: end - stepFrom - (waited - stepWaited), who: handlerOf(machine.journal.steps.at(-1)!.event)});
      stepWaited = waited;
    }
    stepFrom = performance.now();
  });
};

/** One slice of work, or one action, with telling the screen of it. */
function measure(what: string, work: () => void): void {
  const waited = withheld();
  stepWaited = waited;
  const from = (stepFrom = performance.now());
  work();
  slices.push({what, from, ms: performance.now() - from - (withheld() - waited)});
}

const act = (action: Parameters<typeof session.dispatch>[0], what: string): void => measure(what, () => session.dispatch(action));

async function waitFor(enough: () => boolean): Promise<void> {
  for (let n = 0; !enough() && n < MOST_SLICES; n++) {
    due.sort((one, other) => one.at - other.at);
    const {at, callback} = due.shift()!;
    jumped += Math.max(0, at - now());
    measure('slice', callback);
    if (n % 16 === 0) await breath();
  }
}

/** Answers what is asked, and goes on where the step is done. */
function goOn(): void {
  for (;;) {
    const {run} = core.state;
    const step = run?.lesson.steps[run.step];
    if (!run || !step) return;
    if (step.predict && !run.predictions[step.id]) act({type: 'predict', option: 0}, 'a prediction');
    if (!stepDone(core)) return;
    act({type: 'next'}, 'the next step');
  }
}

// ---- the lesson ----

act({type: 'open', lesson: lesson.id}, 'opening the lesson');
timeSteps();
for (let i = 0; i < 5; i++) act({type: 'speed', by: 1}, 'a speed');
goOn();
const before = {heap: 0, nodes: 0};
for (const line of lesson.solution) {
  if (line.startsWith('chaos nodes 5000')) Object.assign(before, {heap: heapUsed(), nodes: nodes()});
  act({type: 'command', line}, line);
  if (session.busy()) act({type: 'skip'}, 'skip');
  await waitFor(() => !session.busy());
  goOn();
  let looks = 0;
  await waitFor(() => core.state.run!.solved || stepDone(core) || !line.startsWith('sleep') || ++looks > PATIENCE);
  goOn();
}

function nodes(): number {
  return clusterOf(core)!.machine.table('hosts').count;
}

writeFileSync(process.argv[2]!, serialize(tellings));

// Collections are told of a little later.
await new Promise(resolve => setTimeout(resolve, 50));
const {journal} = clusterOf(core)!.machine;
const told10: Told = {
  solved: core.state.run!.solved,
  ...{slices, steps, collections},
  memory: {
    before,
    heap: heapUsed(),
    peak: process.resourceUsage().maxRSS * 1024,
    nodes: nodes(),
    steps: journal.steps.length,
    writes: journal.steps.reduce((sum, step) => sum + step.writes.length, 0),
  },
};
process.stdout.write(JSON.stringify(told10), () => process.exit(0));
