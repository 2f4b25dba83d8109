import {as, dim, type PanelRow, row} from '../styled.ts';
import {pad, wrapRow} from '../text.ts';
import {clockText} from '../time-text.ts';
import {leftOutRows, nothing} from './parts.ts';
import type {Panel} from './types.ts';

export const whyPanel: Panel = {
  id: 'why',
  title: 'Why',
  about: 'the chain of causes of what is selected, back to your keystroke; enter on a link goes to its moment',
  note: facts => facts.why.subject,
  rows(facts, {width}): readonly PanelRow[] {
    const {subject, answer, chain} = facts.why;
    if (subject === '') return nothing('Select a row in any panel and press w, or type why pod/NAME or why pod/NAME spec.nodeName.', width);
    const links = chain.flatMap((link, index) => [
      ...leftOutRows({count: link.skipped ?? 0, what: 'links', command: ''}, ' '.repeat(12)),
      ...wrapRow(
        row(
          dim(`${pad(clockText(link.atMs), 9, 'right')} `),
          as(link.here ? 'past' : index === 0 ? 'accent' : 'dim', link.here ? '◉ ' : index === 0 ? '▸ ' : '← '),
          as('name', `${link.actor} `),
          link.text,
        ),
        width,
        12,
      ).map(line => ({row: line, ref: {kind: 'step', step: link.step} as const})),
    ]);
    return answer === '' ? links : [...wrapRow([as('strong', answer)], width).map(line => ({row: line})), ...links];
  },
};
