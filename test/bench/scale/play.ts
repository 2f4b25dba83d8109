/** Lesson 10.2 in a process of its own, as long as it takes: prints what was measured as JSON, and writes what the screen was told to the file that is named. */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {PerformanceObserver} from 'node:perf_hooks';
import {serialize} from 'node:v8';
import type {Machine} from '../../../src/engine/machine/machine.ts';
import type {FromSession} from '../../../src/session/far/messages.ts';
import {heapUsed} from '../measure.ts';
import {handlerOf} from '../pipeline.ts';
import {playLesson} from './lesson.ts';
import type {Slice, Stretch, Told} from './told.ts';

/** Steps shorter than this are not told one by one. */
const LONG_MS = 2;

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
/** For `redraw.tsx`. */
const tellings: FromSession[] = [];
const before = {heap: 0, nodes: 0};

let jumped = 0;
let stepFrom = 0;
let stepWaited = 0;
let machine!: Machine;
const nodes = (): number => machine.table('hosts').count;

const core = await playLesson({
  now: () => performance.now() + jumped,
  jump(ms) {
    jumped += ms;
  },
  turn(what, work) {
    const waited = withheld();
    stepWaited = waited;
    const from = (stepFrom = performance.now());
    work();
    slices.push({what, from, ms: performance.now() - from - (withheld() - waited)});
  },
  told(message) {
    const copy = structuredClone(message);
    if (copy.kind === 'view') tellings.push(copy);
  },
  opened(opened) {
    machine = opened;
    machine.subscribe(() => {
      const end = performance.now();
      if (end - stepFrom > LONG_MS) {
        const waited = withheld();
        steps.push({from: stepFrom, ms: end - stepFrom - (waited - stepWaited), who: handlerOf(machine.journal.steps.at(-1)!.event)});
        stepWaited = waited;
      }
      stepFrom = performance.now();
    });
  },
  typed(line) {
    if (line.startsWith('chaos nodes 5000')) Object.assign(before, {heap: heapUsed(), nodes: nodes()});
  },
});

writeFileSync(process.argv[2]!, serialize(tellings));

// Collections are told of a little later.
await new Promise(resolve => setTimeout(resolve, 50));
const {journal} = machine;
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
