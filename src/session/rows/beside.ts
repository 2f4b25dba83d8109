/** Two timelines as rows: side by side where there is room, one below the other where there is not. */
import type {BesideFacts, BesideRow} from '../../selectors/beside.ts';
import type {StoryLine} from '../../selectors/story.ts';
import {as, dim, type PanelRow, type Row, row, type Segment} from '../../selectors/styled.ts';
import {fitRow, pad, wrapRow} from '../../selectors/text.ts';
import {clockText} from '../../selectors/time-text.ts';

/** The narrowest box in which two columns can still be read. */
export const besideColumnsFrom = 100;
const timeWidth = 9;

/** Takes both stories and the room; rows in which the two differ carry a mark of their own. */
export function besideRows(facts: BesideFacts, width: number): readonly PanelRow[] {
  const rows = width >= besideColumnsFrom ? columns(facts, width) : below(facts, width);
  return [...rows, ...differences(facts, width)].map(each => ({row: each}));
}

const headText = ({name, now, revision}: BesideFacts['left']): string => `${name}  at ${clockText(now)}, revision ${revision}`;

const partingText = ({partedAt}: BesideFacts): string => ` here they part, at ${clockText(partedAt)} `;

function columns(facts: BesideFacts, width: number): Row[] {
  const side = Math.floor((width - timeWidth - 6) / 2);
  const line = (each: BesideRow, mark: Segment): Row =>
    row(
      dim(`${pad(clockText(each.atMs), timeWidth, 'right')} `),
      told(each.left, side, each.same),
      ' ',
      mark,
      ' ',
      told(each.right, side, each.same),
    );
  const rule = partingText(facts);
  const dashes = Math.max(0, width - rule.length);
  return [
    row(
      dim(pad('', timeWidth + 1)),
      as('title', pad(headText(facts.left), side)),
      as('border', ' │ '),
      as('title', pad(headText(facts.right), side)),
    ),
    ...facts.shared.map(each => line(each, as('dim', '='))),
    row(as('past', '─'.repeat(Math.floor(dashes / 2)) + rule + '─'.repeat(Math.ceil(dashes / 2)))),
    ...facts.rows.map(each =>
      line(each, each.same ? as('dim', '=') : as('changed', each.left && each.right ? '∆' : each.left ? '←' : '→')),
    ),
  ];
}

function told(line: StoryLine | undefined, width: number, same: boolean): Row {
  if (!line) return [as('ghost', pad('', width))];
  return fitRow(row(as(same ? 'dim' : 'name', `${line.who} `), as(same ? 'dim' : 'text', line.what)), width);
}

/** First what the one tells, then the other; what both tell is dim. */
function below(facts: BesideFacts, width: number): Row[] {
  const story = (head: string, side: 'left' | 'right'): Row[] => [
    row(as('title', head)),
    ...facts.rows.flatMap(each => {
      const line = each[side];
      if (!line) return [];
      const mark = each.same ? as('dim', '= ') : as('changed', '∆ ');
      const texts = row(as(each.same ? 'dim' : 'name', `${line.who} `), as(each.same ? 'dim' : 'text', line.what));
      return wrapRow(row(dim(`${pad(clockText(each.atMs), timeWidth, 'right')} `), mark, texts), width, timeWidth + 3);
    }),
  ];
  return [
    ...facts.shared.map(each =>
      fitRow(row(dim(`${pad(clockText(each.atMs), timeWidth, 'right')} = `), told(each.left, width, true)), width),
    ),
    row(as('past', `──${partingText(facts)}──`)),
    ...story(headText(facts.left), 'left'),
    [],
    ...story(headText(facts.right), 'right'),
  ];
}

const signs = {'+': 'new', '-': 'gone', '~': 'changed'} as const;

function differences({left, right, differences: told}: BesideFacts, width: number): Row[] {
  const title = row(as('title', 'Objects now'), dim(`  + only in ${right.name}, - only in ${left.name}, ~ in both and not alike`));
  const lines = told.map(text => fitRow(row(as(signs[text[0] as keyof typeof signs], text)), width));
  return [[], fitRow(title, width), ...(lines.length > 0 ? lines : [row(dim('No object differs.'))])];
}
