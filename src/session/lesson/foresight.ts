/** What comes true, found out by running ahead on a branch: the cluster itself does not feel it. */
import {read} from '../../course/checks.ts';
import type {Prediction} from '../../course/types.ts';
import type {Cluster} from '../../engine/cluster/cluster.ts';
import {program} from '../shell/line.ts';
import {apart, type Passing, type ProgramEnv, playing} from '../shell/shell.ts';
import type {Core} from '../state.ts';
import {type Commands, chronicleOf, type LessonRun} from './lesson-run.ts';

/** A run ahead. It may take its time: it is made little by little, and brought to its end when somebody wants to know. */
export interface Foresight {
  readonly isOver: boolean;
  /** Goes on until it is over, or `enough` says so after a step. */
  goOn(enough: () => boolean): void;
  /** What comes true, as an index into the options; undefined where it leads to none of them. */
  truth(): number | undefined;
}

/** The learner's shell as it is when they foresee something. */
export type Seat = Omit<ProgramEnv, 'cluster'>;

export const seatOf = ({state}: Core): Seat => ({state: apart(state.shell), disabled: []});

/** Lines of the learner's shell, one after the other, and the virtual milliseconds behind them. */
export function* rehearsal({run, wait}: Pick<Prediction, 'run' | 'wait'>, env: ProgramEnv): Passing<void> {
  for (const line of run) yield* playing(program(line, env), env.cluster);
  yield wait;
}

const never = (): boolean => false;

export function lookAhead(prediction: Prediction, run: LessonRun, cluster: Cluster, commands: Commands, seat: Seat): Foresight {
  let branch: Cluster | undefined = cluster.history.branch();
  let answer: number | undefined;
  const ahead = rehearsal(prediction, {...seat, cluster: branch});
  let until = branch.now;
  const goOn = (enough: () => boolean): void => {
    if (!branch) return;
    for (let stopped = false; ; ) {
      branch.machine.runUntil(until, () => {
        stopped = enough();
        return stopped;
      });
      if (stopped) return;
      const {done, value} = ahead.next();
      if (done) break;
      until = branch.now + value;
      if (enough()) return;
    }
    const index = prediction.options.indexOf(read(prediction.answer, chronicleOf(run, branch, commands)) ?? '');
    answer = index < 0 ? undefined : index;
    branch = undefined;
  };
  return {
    get isOver() {
      return branch === undefined;
    },
    goOn,
    truth() {
      goOn(never);
      return answer;
    },
  };
}

/** One whose end is known. */
export const foreseen = (truth: number | undefined): Foresight => ({isOver: true, goOn() {}, truth: () => truth});
