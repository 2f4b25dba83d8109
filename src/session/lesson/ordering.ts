/** A learner puts cards in order: the truth is run ahead on a branch, told once the learner has made it happen. */
import {dealt, inOrder, scoreOf, type Truth, trueOrder} from '../../course/ordering.ts';
import type {Ordering} from '../../course/types.ts';
import type {Cluster} from '../../engine/cluster/cluster.ts';
import {allAtOnce} from '../shell/shell.ts';
import {type Core, commandsOf} from '../state.ts';
import type {OrderingView} from '../types.ts';
import {rehearsal, type Seat, seatOf} from './foresight.ts';
import {type Commands, chronicleOf, type LessonRun} from './lesson-run.ts';

/** What is in order in a run of the lines from here: on a branch, so that the cluster itself does not feel it. */
export function foreseeOrder(ordering: Ordering, run: LessonRun, cluster: Cluster, commands: Commands, seat: Seat): Truth {
  const branch = cluster.history.branch();
  const from = branch.history.position;
  allAtOnce(rehearsal(ordering, {...seat, cluster: branch}), branch);
  return trueOrder(ordering, {...chronicleOf(run, branch, commands), from});
}

/** Cards are numbered from 1, as they were dealt. */
export function orderAction(core: Core) {
  return (numbers: readonly number[]): void => {
    const {run, branch} = core.state;
    const step = run?.lesson.steps[run.step];
    if (!run || !branch || !step?.order) return core.remark('warn', 'nothing is to be put in order');
    const cards = dealt(step.order.cards.length);
    const answer = numbers.map(number => cards[number - 1]!);
    if (new Set(answer).size !== cards.length || answer.includes(undefined as never))
      return core.remark('warn', `order takes all the numbers from 1 to ${cards.length}, each once`);
    const known = run.orders[step.id];
    const truth = known?.truth ?? truthOf(foreseeOrder(step.order, run, branch.cluster, commandsOf(branch), seatOf(core)));
    const score = scoreOf(answer, truth);
    core.set({
      run: {...run, orders: {...run.orders, [step.id]: {answer, truth, score, first: known?.first ?? score, told: known?.told ?? false}}},
    });
    const right = inOrder(answer, truth);
    core.remark(
      right === cards.length ? 'ok' : 'accent',
      `${right} of ${cards.length} cards are in order${known?.told ? '' : '. Now make it happen'}`,
    );
  };
}

const truthOf = (truth: Truth): readonly number[] => ('order' in truth ? truth.order : []);

/** What front ends show of the cards of the step at hand. */
export function orderingView({state: {run}}: Core): OrderingView | undefined {
  const step = run?.lesson.steps[run.step];
  if (!run || !step?.order) return undefined;
  const cards = dealt(step.order.cards.length);
  const answer = run.orders[step.id];
  const numberOf = (card: number): number => cards.indexOf(card) + 1;
  return {
    id: step.id,
    ask: step.order.ask,
    cards: cards.map(card => step.order!.cards[card]!.text),
    answer: answer?.answer.map(numberOf),
    right: answer ? inOrder(answer.answer, answer.truth) : 0,
    truth: answer?.told ? answer.truth.map(numberOf) : undefined,
  };
}
