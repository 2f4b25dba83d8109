/**
 * Lesson 10.2 played three times over in one process, by a clock that goes on by as much whenever it is looked at, so that all plays do the same in the same order. What
 * is done between two looks at the clock cannot be divided: prints how long each such piece takes, the least of the three, as JSON. So compiling, collections and other
 * programs are left out, and what the work itself takes stays.
 */
import {handlerOf} from '../pipeline.ts';
import {playLesson} from './lesson.ts';
import type {Pieces} from './told.ts';

const PLAYS = 3;
/** By so many milliseconds: slices are as long as by a clock on the wall, about. */
const LOOK_MS = 0.3;
/** Of pieces that are shorter nobody is told who made them. */
const LONG_MS = 2;

interface Piece {
  readonly ms: number;
  readonly who: string;
}

async function play(): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let clock = 0;
  let from = 0;
  let who = '';
  let turning = '';
  const cut = (): void => {
    const to = performance.now();
    pieces.push({ms: to - from, who: who || turning});
    who = '';
    from = performance.now();
  };
  const {state} = await playLesson({
    now() {
      if (turning) cut();
      clock += LOOK_MS;
      return clock;
    },
    jump(ms) {
      clock += ms;
    },
    turn(what, work) {
      turning = what === 'slice' ? 'looking at it' : what;
      from = performance.now();
      work();
      cut();
      turning = '';
    },
    told() {},
    opened(machine) {
      machine.subscribe(() => {
        who = handlerOf(machine.journal.steps.at(-1)!.event);
      });
    },
    typed() {},
  });
  if (!state.run!.solved) throw new Error('lesson 10.2 was not solved');
  return pieces;
}

const plays: Piece[][] = [];
for (let n = 0; n < PLAYS; n++) {
  plays.push(await play());
  globalThis.gc!();
}
const [first] = plays;
if (plays.some(({length}) => length !== first!.length)) throw new Error('the plays differ');
const least = first!.map(({who}, i) => ({who, ms: Math.min(...plays.map(play => play[i]!.ms))}));
const told: Pieces = {times: least.map(({ms}) => Number(ms.toFixed(2))), long: least.filter(({ms}) => ms > LONG_MS)};
process.stdout.write(JSON.stringify(told), () => process.exit(0));
