import {as, dim, type Row, row} from '../../selectors/styled.ts';
import {fitRow, rowWidth, wrapRow} from '../../selectors/text.ts';
import type {PredictionView} from '../types.ts';

/** The form of a prediction: the question and its options, `option` being the one the learner is at (-1: none). */
export function questionRows(prediction: PredictionView, option: number, width: number): Row[] {
  const heading = wrapRow(row(as('accent', 'Predict: '), as('strong', prediction.ask)), width, 2);
  const options = prediction.options.map((text, index): Row => {
    const at = index === option;
    const line = row(as('accent', at ? ' ▸ ' : '   '), as('key', `${index + 1} `), as(at ? 'select' : 'text', text));
    return rowWidth(line) > width ? fitRow(line, width) : line;
  });
  return [...heading, ...options];
}

/** What became of a prediction that has been made; nothing before that. */
export function verdictRows({options, chosen, truth}: PredictionView, width: number): Row[] {
  if (chosen === undefined) return [];
  const guess = options[chosen] ?? '';
  if (truth === undefined) return wrapRow(row(dim('You predicted: '), as('value', guess), dim('. Now make it happen.')), width, 2);
  if (truth === chosen) return wrapRow(row(as('ok', '✓ You predicted: '), as('value', guess), as('ok', '. So it was.')), width, 2);
  return wrapRow(
    row(as('error', '✗ You predicted: '), as('value', guess), as('error', '. It was: '), as('strong', options[truth] ?? '')),
    width,
    2,
  );
}
