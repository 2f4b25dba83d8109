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

/** The name of the key that types a text; undefined for more than one. */
export function keyOf(text: string): string | undefined {
  const named: Readonly<Record<string, string>> = {' ': 'space', '\r': 'enter', '\n': 'enter', '\t': 'tab'};
  return named[text] ?? ([...text].length === 1 ? text : undefined);
}

const control = /([\x00-\x08\x0b\x0c\x0e-\x1f\x7f])/;

/** Keys pressed in quick succession arrive as one report: its control characters as keys of their own, the text between them as it is. Line ends and tabs stay in the text. */
export function keysIn(burst: string): {readonly name: string | undefined; readonly text: string}[] {
  return burst
    .split(control)
    .filter(part => part !== '')
    .map(part => {
      if (part === '\x7f' || part === '\b') return {name: 'backspace', text: ''};
      if (part === '\x1b') return {name: 'esc', text: ''};
      if (control.test(part)) return {name: `ctrl+${String.fromCharCode(part.charCodeAt(0) + 96)}`, text: ''};
      return {name: keyOf(part), text: part};
    });
}

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

/** A text without its control characters. */
export const printable = (text: string): string => text.replace(/[\x00-\x1f\x7f]/g, '');
