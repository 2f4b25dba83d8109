import {as, dim, type Row, row} from '../../selectors/styled.ts';
import {fitRow, rowWidth, wrapRow} from '../../selectors/text.ts';
import type {PredictionView} from '../types.ts';

/** The form of a prediction: the question, its options, and what came true once it is known. */
export function questionRows(prediction: PredictionView, option: number, open: boolean, width: number): Row[] {
  const heading = wrapRow(row(as('accent', open ? 'Predict: ' : 'Predicted: '), as('strong', prediction.ask)), width, 2);
  const options = prediction.options.map((text, index): Row => {
    const chosen = open ? index === option : index === prediction.chosen;
    const truth = prediction.truth === index;
    const line = row(
      as('accent', chosen ? ' ▸ ' : '   '),
      as('key', `${index + 1} `),
      as(open && chosen ? 'select' : truth ? 'ok' : 'text', text),
      truth && as('ok', '  ✓ what happened'),
      !open && chosen && !truth && prediction.truth !== undefined && as('error', '  ✗ your prediction'),
    );
    return rowWidth(line) > width ? fitRow(line, width) : line;
  });
  return [...heading, ...options, ...(prediction.verdict === '' ? [] : wrapRow([dim(prediction.verdict)], width))];
}
