/** The screen as Ink draws it: each row of the frame is one Text; keys go to the screen's dispatcher. */
import {Box, Text, useApp, useCursor, useInput, usePaste, useWindowSize} from 'ink';
import {useEffect, useSyncExternalStore} from 'react';
import {drawScreen} from './draw.ts';
import {keyName} from './keys.ts';
import type {Screen} from './screen.ts';
import {paint, type Theme} from './theme.ts';

type InkApp = ReturnType<typeof useApp>;

export interface AppProps {
  readonly screen: Screen;
  readonly theme: Theme;
  /** Rows to leave free at the bottom: one on Windows, where a full frame would be cleared and drawn anew each time. */
  readonly spare?: number;
  /** Receives Ink's handles of the terminal once they exist. */
  readonly onReady?: (app: InkApp) => void;
}

export function App({screen, theme, spare = 0, onReady}: AppProps) {
  const {session, ui: store} = screen;
  const app = useApp();
  const {columns, rows: terminalRows} = useWindowSize();
  const {setCursorPosition} = useCursor();
  const rows = terminalRows - spare;
  const view = useSyncExternalStore(session.subscribe, session.getSnapshot);
  const ui = useSyncExternalStore(store.subscribe, store.get);

  useEffect(() => onReady?.(app), [app, onReady]);
  useEffect(() => screen.resize(columns, rows), [screen, columns, rows]);
  useInput((input, key) => screen.key(keyName(input, key), input));
  usePaste(text => screen.paste(text));

  const frame = drawScreen(view, {...ui, columns, rows});
  setCursorPosition(frame.cursor);
  // No width here: Ink's first frame after the terminal became narrower still has the old layout, and must be clipped to the new size.
  return (
    <Box flexDirection="column" height={rows} overflow="hidden">
      {frame.rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
        <Box key={index} height={1} flexShrink={0}>
          <Text wrap="truncate">{paint(row, theme)}</Text>
        </Box>
      ))}
    </Box>
  );
}
