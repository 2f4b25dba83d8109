import {describe, expect, test} from 'vitest';
import {panels} from '../../src/selectors/panels/table.ts';
import {plainText} from '../../src/selectors/styled.ts';
import {type Binding, bindingOf, type Context, keymap, keyText, labelled} from '../../src/tui/keymap.ts';
import {keyName} from '../../src/tui/keys.ts';
import {helpRows} from '../../src/tui/rows/help.ts';

const table: readonly Binding[] = keymap;
const contexts = [...new Set(table.flatMap(binding => binding.contexts))];

describe('the table of keys', () => {
  test.each(contexts)('gives each key one meaning in %s', context => {
    const keys = table.filter(binding => binding.contexts.includes(context)).flatMap(binding => binding.keys);
    expect(keys).toEqual([...new Set(keys)]);
  });

  test.each<[string, Context[], string]>([
    ['space', ['start', 'prompt', 'anywhere'], 'toggle'],
    ['tab', ['start', 'prompt', 'anywhere'], 'focusNext'],
    ['tab', ['prompt', 'anywhere'], 'complete'],
    ['enter', ['predict', 'start', 'prompt', 'anywhere'], 'predict'],
    ['enter', ['panel', 'anywhere'], 'describe'],
    ['alt+3', ['prompt', 'anywhere'], 'panelByNumber'],
    ['ctrl+l', ['view', 'anywhere'], 'redraw'],
  ])('%s in %j is %s', (key, holding, action) => expect(bindingOf(key, holding)?.action).toBe(action));

  test('leaves letters to the prompt', () => {
    for (const letter of 'abcdefghijklmnopqrstuvwxyz0123456789') expect(bindingOf(letter, ['start', 'prompt', 'anywhere'])).toBeUndefined();
  });

  test('feeds the footer: a key is named for what it does', () => {
    const labels = (holding: Context[]): string[] => labelled(holding).map(binding => `${keyText(binding.keys[0]!)} ${binding.label}`);
    expect(labels(['prompt', 'anywhere'])).toEqual(['Enter run', 'Tab complete']);
    expect(labels(['predict', 'start', 'prompt', 'anywhere'])).not.toContain('Enter run');
    expect(labels(['map', 'anywhere'])).toEqual(['Enter play', 't test', 's free play', '? help']);
  });

  test('feeds the help: every key that holds somewhere, every panel', () => {
    const help = helpRows(120, 'start')
      .map(each => plainText(each.row))
      .join('\n');
    for (const context of ['start', 'panel', 'prompt', 'anywhere', 'map'] as const) {
      for (const binding of table.filter(each => each.contexts.includes(context))) expect(help).toContain(binding.help.slice(0, 40));
    }
    for (const panel of panels) expect(help).toContain(panel.title);
    expect(help).toContain('Shift+Tab');
    expect(help).toMatch(/--theme NAME +colours: dark, light, high-contrast or mono/);
    expect(help).toMatch(/PgUp PgDn +scroll the lesson/);
    expect(help).not.toContain('…');
  });

  test('begins the help with where one is', () => {
    const firstTitle = (here: Context): string | undefined =>
      helpRows(80, here)
        .map(each => plainText(each.row))
        .slice(1)
        .find((_text, index, texts) => texts[index - 1] === '');
    expect([firstTitle('map'), firstTitle('panel'), firstTitle('start')]).toEqual([
      'On the course map',
      'In a panel (Tab goes there)',
      'At an empty prompt, and in a panel',
    ]);
  });
});

describe('names of keys', () => {
  const key = (change: object) => ({ctrl: false, meta: false, shift: false, ...change}) as Parameters<typeof keyName>[1];
  test.each([
    ['a', {}, 'a'],
    [' ', {}, 'space'],
    ['l', {ctrl: true}, 'ctrl+l'],
    ['3', {meta: true}, 'alt+3'],
    ['', {tab: true, shift: true}, 'shift+tab'],
    ['', {leftArrow: true, ctrl: true}, 'ctrl+left'],
    ['', {escape: true, meta: true}, 'esc'],
    ['get pods\r', {}, undefined],
    ['世', {}, '世'],
  ])('%j %j', (input, flags, name) => expect(keyName(input, key(flags))).toBe(name));
});
