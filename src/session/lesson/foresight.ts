/** What comes true, found out by running ahead on a branch: the cluster itself does not feel it. */
import {read} from '../../course/checks.ts';
import type {Prediction} from '../../course/types.ts';
import type {Cluster} from '../../engine/cluster/cluster.ts';
import {type Commands, chronicleOf, type LessonRun} from './lesson-run.ts';

/** A run ahead. On a large cluster it takes its time: it is made little by little, and brought to its end when somebody wants to know. */
export interface Foresight {
  readonly isOver: boolean;
  /** Goes on until it is over, or `enough` says so after a step. */
  goOn(enough: () => boolean): void;
  /** What comes true, as an index into the options; undefined where it leads to none of them. */
  truth(): number | undefined;
}

const never = (): boolean => false;

/** `play` runs the prediction's lines on a cluster; time passes on it afterwards. */
export function lookAhead(
  prediction: Prediction,
  run: LessonRun,
  cluster: Cluster,
  commands: Commands,
  play: (branch: Cluster, lines: readonly string[]) => void,
): Foresight {
  let branch: Cluster | undefined = cluster.history.branch();
  let answer: number | undefined;
  play(branch, prediction.run);
  const until = branch.now + (prediction.wait ?? 0);
  const goOn = (enough: () => boolean): void => {
    if (!branch) return;
    let stopped = false;
    branch.machine.runUntil(until, () => {
      stopped = enough();
      return stopped;
    });
    if (stopped) return;
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
