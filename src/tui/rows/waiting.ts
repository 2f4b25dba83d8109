/** What stands at the prompt while a command waits for virtual time: for what, how long still, and how to hurry it. */
import {as, dim, type Row, row} from '../../selectors/styled.ts';
import {clockText, spanText} from '../../selectors/time-text.ts';
import type {TimeView, WaitingView} from '../view.ts';
import {speedText} from './timeline.ts';

/** The keys come first: what does not fit is the less important part. */
export function waitingRow({line, until, skipping}: WaitingView, time: TimeView): Row {
  const what = until === undefined ? line : `until ${clockText(until)}, ${spanText(until - time.now)} to go`;
  if (time.past || time.paused)
    return row(
      as('warn', '║ '),
      dim('waits while time stands; '),
      as('key', time.past ? '=' : 'Space'),
      dim(time.past ? ' returns ' : ' lets it flow '),
      keys,
      dim(what),
    );
  if (skipping)
    return row(as('accent', '» '), dim('skipping; '), as('key', 'Space'), dim(' stops '), as('key', ' ^C'), dim(` ends it  ${what}`));
  return row(as('accent', '◌ '), dim(`waits at ${speedText(time.speed)} `), keys, dim(what));
}

const keys: Row = row(as('key', ' >'), dim(' faster '), as('key', ' F'), dim(' skips to its end '), as('key', ' ^C'), dim(' ends it  '));
