/** The screen as Ink draws it: each row of the frame is one Text; keys go to the screen's dispatcher. */
import {Box, Text, useApp, useCursor, useInput, usePaste, useWindowSize} from 'ink';
import {memo, useEffect, useSyncExternalStore} from 'react';
import type {Frames} from './frames.ts';
import {keyName} from './keys.ts';
import type {Screen} from './screen.ts';

type InkApp = ReturnType<typeof useApp>;

export interface AppProps {
  readonly screen: Screen;
  readonly frames: Frames;
  /** Rows to leave free at the bottom: one on Windows, where a full frame would be cleared and drawn anew each time. */
  readonly spare?: number;
  /** Receives Ink's handles of the terminal once they exist. */
  readonly onReady?: (app: InkApp) => void;
}

export function App({screen, frames, spare = 0, onReady}: AppProps) {
  const app = useApp();
  const {columns, rows: terminalRows} = useWindowSize();
  const {setCursorPosition} = useCursor();
  const rows = terminalRows - spare;
  const frame = useSyncExternalStore(frames.subscribe, () => frames.get(columns, rows));

  useEffect(() => onReady?.(app), [app, onReady]);
  useEffect(() => screen.drew(frame), [screen, frame]);
  useEffect(() => screen.resize(columns, rows), [screen, columns, rows]);
  useInput((input, key) => screen.key(keyName(input, key), input));
  usePaste(text => screen.paste(text));

  setCursorPosition(frame.cursor);
  // No width here: Ink's first frame after the terminal became narrower still has the old layout, and must be clipped to the new size.
  return (
    <Box flexDirection="column" height={rows} overflow="hidden">
      {frame.rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
        <Line key={index} text={row} />
      ))}
    </Box>
  );
}

/** Between two frames most rows stay as they are: React looks only at those that do not. */
const Line = memo(function Line({text}: {readonly text: string}) {
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate">{text}</Text>
    </Box>
  );
});
