import {as, dim, type PanelRow, row} from '../styled.ts';
import {cut, pad} from '../text.ts';
import {clockText} from '../time-text.ts';
import {nothing} from './parts.ts';
import type {Panel} from './types.ts';

export const eventsPanel: Panel = {
  id: 'events',
  title: 'Events',
  about: 'Kubernetes events, newest first: what kubectl describe shows at its end',
  note: facts => {
    const warnings = facts.events.filter(event => event.type === 'Warning').length;
    return warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : '';
  },
  rows(facts, {width}): readonly PanelRow[] {
    if (facts.events.length === 0) return nothing('No events yet.', width);
    return facts.events.map(event => ({
      row: row(
        dim(`${pad(clockText(event.atMs), 9, 'right')} `),
        event.type === 'Warning' ? as('warn', '! ') : '  ',
        as(event.type === 'Warning' ? 'warn' : 'value', pad(event.reason, 18)),
        // A long name must not hide what is said of it.
        as('name', ` ${cut(event.object, Math.max(20, Math.floor(width / 3)))} `),
        event.message,
        event.count > 1 && dim(` x${event.count}`),
      ),
      ref: event.ref,
      cause: event.self,
    }));
  },
};
