/** Names of keys: what Ink reports becomes one string such as `a`, `space`, `ctrl+l`, `alt+1`, `shift+tab`. */
import type {Key} from 'ink';

const named = {
  upArrow: 'up',
  downArrow: 'down',
  leftArrow: 'left',
  rightArrow: 'right',
  pageUp: 'pageup',
  pageDown: 'pagedown',
  home: 'home',
  end: 'end',
  return: 'enter',
  escape: 'esc',
  tab: 'tab',
  backspace: 'backspace',
  delete: 'delete',
} as const satisfies Partial<Record<keyof Key, string>>;

/** The name of the key, or undefined for a burst of text (several characters in one report). */
export function keyName(input: string, key: Key): string | undefined {
  for (const [flag, name] of Object.entries(named) as [keyof typeof named, string][]) {
    if (!key[flag]) continue;
    const modified = key.shift && name !== 'backspace' ? `shift+${name}` : name;
    return key.ctrl ? `ctrl+${modified}` : key.meta && name !== 'esc' ? `alt+${modified}` : modified;
  }
  if (input === '\n') return 'enter';
  if ([...input].length !== 1) return input === '' ? '' : undefined;
  if (input === ' ' && !key.ctrl && !key.meta) return 'space';
  if (key.ctrl) return `ctrl+${input === ' ' ? 'space' : input}`;
  return key.meta ? `alt+${input}` : input;
}
