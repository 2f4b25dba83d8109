/** A screen that only shows rows, drawn anew every so often, until `q` or Ctrl-C. */
import {Box, render, Text, useApp, useInput, useWindowSize} from 'ink';
import {useEffect, useState} from 'react';
import type {Row} from '../selectors/styled.ts';
import {dim, row} from '../selectors/styled.ts';
import {fitRow} from '../selectors/text.ts';
import {paint, type Theme} from './theme.ts';

export interface BoardOptions {
  readonly theme: Theme;
  /** How often, in real milliseconds, the rows are asked for. */
  readonly everyMs: number;
}

/** Shows what `rows` says for the terminal's width; resolves when it is left. */
export async function runBoard(rows: (width: number) => readonly Row[], options: BoardOptions): Promise<void> {
  const instance = render(<Board rows={rows} {...options} />, {alternateScreen: true, interactive: true, exitOnCtrlC: true});
  await instance.waitUntilExit();
}

function Board({rows, theme, everyMs}: BoardOptions & {readonly rows: (width: number) => readonly Row[]}) {
  const app = useApp();
  const {columns, rows: height} = useWindowSize();
  const [, again] = useState(0);
  const [top, scroll] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => again(n => n + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  const all = rows(columns);
  const room = Math.max(1, height - 1);
  const furthest = Math.max(0, all.length - room);
  useInput((input, key) => {
    if (input === 'q' || key.escape) app.exit();
    const by = key.downArrow || input === 'j' ? 1 : key.upArrow || input === 'k' ? -1 : key.pageDown ? room : key.pageUp ? -room : 0;
    if (by !== 0) scroll(Math.max(0, Math.min(furthest, top + by)));
  });
  const shown = all.slice(Math.min(top, furthest), Math.min(top, furthest) + room);
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      {[...shown, ...Array.from({length: room - shown.length}, (): Row => []), row(dim('q leaves, arrows scroll'))].map((each, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
        <Box key={index} height={1} flexShrink={0}>
          <Text wrap="truncate">{paint(fitRow(each, columns), theme)}</Text>
        </Box>
      ))}
    </Box>
  );
}
