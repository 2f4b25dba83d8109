/** Putting cards in order by keys: the cursor goes from card to card; a card that is taken goes with it. */
import type {Around} from './around.ts';
import type {OpenView, UiState} from './ui-state.ts';
import type {OrderingView} from './view.ts';

/** The cards as they lie: where the learner left them, as they were answered, or as they were dealt. */
export const lieOf = (ordering: OrderingView, ui: Pick<UiState, 'lies'>): readonly number[] =>
  ui.lies[ordering.id] ?? ordering.answer ?? ordering.cards.map((_, index) => index + 1);

type Order = Extract<OpenView, {kind: 'order'}>;

/** Actions by their names in the keymap. */
export function orderKeys({session, ui, say}: Around) {
  const set = (change: Partial<UiState>): void => ui.set({...ui.get(), ...change});
  const withOrder = (act: (open: Order, ordering: OrderingView, lie: readonly number[]) => void) => (): void => {
    const {open} = ui.get();
    const {ordering} = session.getSnapshot();
    if (open?.kind === 'order' && ordering) act(open, ordering, lieOf(ordering, ui.get()));
  };
  const move = (by: 1 | -1) =>
    withOrder((open, ordering, lie) => {
      const to = Math.max(0, Math.min(lie.length - 1, open.at + by));
      const card = lie[open.at]!;
      const moved = open.held ? lie.toSpliced(open.at, 1).toSpliced(to, 0, card) : lie;
      set({open: {...open, at: to}, lies: {...ui.get().lies, [ordering.id]: moved}});
    });
  return {
    orderOpen: () => set({open: {kind: 'order', at: 0, held: false, scroll: 0}}),
    orderUp: move(-1),
    orderDown: move(1),
    orderTake: withOrder(open => set({open: {...open, held: !open.held}})),
    orderDone: withOrder((_open, ordering, lie) => {
      // Enter opens the cards too: pressed once more by chance it is no answer.
      const asDealt = lie.every((card, index) => card === index + 1);
      if (asDealt && ui.get().insisted !== ordering.id) {
        set({insisted: ordering.id});
        return say('warn', 'So they were dealt. Space takes a card, the arrows carry it; Enter once more, and this is your answer.');
      }
      set({open: undefined, insisted: undefined});
      session.dispatch({type: 'order', numbers: lie});
    }),
  };
}
