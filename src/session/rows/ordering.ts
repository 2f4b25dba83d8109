/** Cards to be put in order, as rows. */
import {as, dim, type PanelRow, type Row, row} from '../../selectors/styled.ts';
import {pad, wrapRow} from '../../selectors/text.ts';
import type {OrderingView} from '../types.ts';

/** The cards in the order in which they lie (their numbers), and once it is known, where each truly belongs; `held`: the place of the one in hand. */
export function orderingRows(ordering: OrderingView, lie: readonly number[], held: number | undefined, width: number): readonly PanelRow[] {
  const rows: Row[] = [
    ...wrapRow(row(as('accent', 'Put in order: '), as('strong', ordering.ask)), width, 2),
    ...lie.map((number, place) => cardRow(ordering, number, place, place === held)),
    ...verdict(ordering, width),
  ];
  return rows.map(each => ({row: each}));
}

/** Index of the row of the first card. */
export const firstCard = (ordering: OrderingView, width: number): number =>
  wrapRow(row(as('accent', 'Put in order: '), as('strong', ordering.ask)), width, 2).length;

function cardRow({cards, truth}: OrderingView, number: number, place: number, held: boolean): Row {
  const belongs = truth === undefined ? undefined : truth.indexOf(number);
  return row(
    dim(`${pad(String(place + 1), 2, 'right')} `),
    as(held ? 'select' : 'text', `${held ? '↑↓' : '  '} `),
    as('key', pad(String(number), 3)),
    as(held ? 'select' : 'value', cards[number - 1]!),
    belongs !== undefined && (belongs === place ? as('ok', '  ✓') : as('warn', `  ✗ it is ${belongs + 1}.`)),
  );
}

function verdict({answer, right, cards, truth}: OrderingView, width: number): Row[] {
  if (answer === undefined) return [];
  const told =
    truth === undefined ? '. Now make it happen.' : right === cards.length ? '. So it was.' : '. The true places stand beside them.';
  return [[], ...wrapRow(row(as(right === cards.length ? 'ok' : 'accent', `${right} of ${cards.length} are in order`), dim(told)), width)];
}
