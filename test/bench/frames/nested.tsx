/** The yardstick: the same panels, rows and colours as Ink's own boxes with borders, nested overflow and a Text for each piece, only the clock drawn anew. */
import {Box, render, Text} from 'ink';
import {useEffect, useState} from 'react';
import {panelOf} from '../../../src/selectors/panels/table.ts';
import type {Row} from '../../../src/selectors/styled.ts';
import {clockText} from '../../../src/selectors/time-text.ts';
import {lessonRows} from '../../../src/session/rows/lesson.ts';
import type {Rect} from '../../../src/tui/layout.ts';
import {headerRow} from '../../../src/tui/rows/header.ts';
import {stripRows} from '../../../src/tui/rows/strip.ts';
import {palettes} from '../../../src/tui/theme.ts';
import {initialUi, layoutOf} from '../../../src/tui/ui-state.ts';
import {fakeView} from '../../tui/fake-session.ts';
import {drive, size} from './drive.ts';

const view = fakeView();
const placed = layoutOf(view, {...initialUi, ...size});
if (placed.kind !== 'screen') throw new Error('the yardstick needs a whole screen');

const colorOf = (token: keyof typeof palettes.dark): string | undefined => {
  const color = palettes.dark[token].color?.[0];
  return color === undefined ? undefined : `ansi256(${color})`;
};

const Line = ({row}: {row: Row}) => (
  <Box height={1} flexShrink={0}>
    <Text wrap="truncate">
      {row.map(({text, token}, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a piece of a row is its place
        <Text key={index} color={colorOf(token)}>
          {text}
        </Text>
      ))}
    </Text>
  </Box>
);

const Panel = ({rect, rows}: {rect: Rect; rows: readonly Row[]}) => (
  <Box width={rect.width} height={rect.height} borderStyle="round" paddingX={1} flexDirection="column" overflow="hidden" flexShrink={0}>
    {rows.map((row, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
      <Line key={index} row={row} />
    ))}
  </Box>
);

const inner = (rect: Rect) => ({width: rect.width - 4, height: rect.height - 2});
const {lesson, shell, strip, header} = placed;
const body = (
  <>
    {[headerRow(view, header.width), ...stripRows(view.facts.pipeline, strip.width, strip.height)].map((row, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
      <Line key={index} row={row} />
    ))}
    <Box height={placed.body.height} overflow="hidden" flexShrink={0}>
      <Panel rect={lesson!} rows={lessonRows(view.lesson!, inner(lesson!).width).map(each => each.row)} />
      <Box width={size.columns - lesson!.width} flexWrap="wrap" overflow="hidden">
        {placed.panels.map(({id, rect}) => (
          <Panel
            key={id}
            rect={rect}
            rows={panelOf(id)!
              .rows(view.facts, inner(rect))
              .map(each => each.row)}
          />
        ))}
        <Panel rect={shell!} rows={[[{text: '$ ', token: 'ok'}]]} />
      </Box>
    </Box>
  </>
);

let tick: (count: number) => void = () => undefined;

function Clock() {
  const [count, setCount] = useState(0);
  useEffect(() => {
    tick = setCount;
  }, []);
  return <Line row={[{text: clockText(count * 100), token: 'number'}]} />;
}

const Screen = () => (
  <Box flexDirection="column" height={size.rows} overflow="hidden">
    {body}
    <Clock />
  </Box>
);

await drive(
  options => render(<Screen />, options),
  count => tick(count),
);
