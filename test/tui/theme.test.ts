import {describe, expect, test} from 'vitest';
import {as, row} from '../../src/selectors/styled.ts';
import {chooseTheme, paint, palettes} from '../../src/tui/theme.ts';

describe('the theme', () => {
  test.each([
    [{TERM: 'xterm-256color', LANG: 'en_US.UTF-8'}, {}, {name: 'dark', depth: 256, ascii: false}],
    [{TERM: 'xterm', LANG: 'C'}, {}, {name: 'dark', depth: 16, ascii: true}],
    [{TERM: 'linux', LANG: 'C.UTF-8'}, {}, {name: 'dark', depth: 16, ascii: true}],
    [{TERM: 'xterm-256color', NO_COLOR: '1'}, {theme: 'light'}, {name: 'mono'}],
    [{TERM: 'xterm-256color', NO_COLOR: ''}, {}, {name: 'dark'}],
    [{TERM: 'xterm-256color'}, {color: false}, {name: 'mono'}],
    [{TERM: 'dumb'}, {}, {name: 'mono', ascii: true}],
    [{COLORFGBG: '0;15'}, {}, {name: 'light'}],
    [{COLORFGBG: '0;15'}, {theme: 'high-contrast'}, {name: 'high-contrast'}],
    [{LC_ALL: 'POSIX'}, {ascii: false}, {ascii: false}],
  ])('of %j with %j', (env, wanted, expected) => expect(chooseTheme(env, wanted)).toMatchObject(expected));

  test('without colour has no colour codes at all', () => {
    const tokens = Object.keys(palettes.mono) as (keyof typeof palettes.mono)[];
    const painted = paint(row(...tokens.map(token => as(token, token))), {name: 'mono', depth: 256, ascii: false});
    expect(painted).not.toMatch(/\u001b\[[\d;]*(3[0-9]|4[0-9]|9[0-7])/);
  });

  test('writes 256 colours or 16, as the terminal has', () => {
    const line = row(as('ok', 'yes'));
    expect(paint(line, {name: 'dark', depth: 256, ascii: false})).toBe('\u001b[38;5;114myes\u001b[0m');
    expect(paint(line, {name: 'dark', depth: 16, ascii: false})).toBe('\u001b[92myes\u001b[0m');
  });
});
