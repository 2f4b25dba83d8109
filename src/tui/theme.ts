/** From meanings to looks: a theme is a table of tokens; painting is the only place where escape sequences are made. */

import {toAscii} from '../selectors/glyphs.ts';
import type {Row, Token} from '../selectors/styled.ts';
import {asciiOnly} from './ascii-only.ts';

interface Style {
  /** Colour of a 256-colour terminal, and the nearest of 16 (0-15). */
  readonly color?: readonly [number, number];
  readonly background?: readonly [number, number];
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly inverse?: true;
}

type Palette = Readonly<Record<Token, Style>>;

const dark: Palette = {
  text: {},
  dim: {color: [245, 8]},
  ghost: {color: [240, 8]},
  strong: {color: [255, 15], bold: true},
  title: {color: [153, 14], bold: true},
  border: {color: [239, 8]},
  focus: {color: [75, 12], bold: true},
  accent: {color: [75, 12]},
  key: {color: [180, 3]},
  value: {color: [252, 7]},
  name: {color: [152, 6]},
  number: {color: [180, 3]},
  command: {color: [222, 11]},
  ok: {color: [114, 10]},
  warn: {color: [221, 11]},
  error: {color: [210, 9], bold: true},
  new: {color: [114, 10]},
  changed: {color: [221, 11]},
  gone: {color: [210, 9]},
  active: {color: [231, 15], background: [25, 4], bold: true},
  past: {color: [183, 13]},
  select: {inverse: true},
  bar: {color: [68, 4]},
};

const light: Palette = {
  text: {},
  dim: {color: [243, 8]},
  ghost: {color: [248, 7]},
  strong: {color: [232, 0], bold: true},
  title: {color: [24, 4], bold: true},
  border: {color: [250, 7]},
  focus: {color: [25, 4], bold: true},
  accent: {color: [25, 4]},
  key: {color: [94, 3]},
  value: {color: [236, 0]},
  name: {color: [30, 6]},
  number: {color: [94, 3]},
  command: {color: [130, 3]},
  ok: {color: [28, 2]},
  warn: {color: [130, 3]},
  error: {color: [160, 1], bold: true},
  new: {color: [28, 2]},
  changed: {color: [130, 3]},
  gone: {color: [160, 1]},
  active: {color: [231, 15], background: [25, 4], bold: true},
  past: {color: [91, 5]},
  select: {inverse: true},
  bar: {color: [67, 4]},
};

const highContrast: Palette = {
  ...dark,
  dim: {color: [252, 7]},
  ghost: {color: [248, 7]},
  border: {color: [255, 15]},
  focus: {color: [226, 11], bold: true},
  accent: {color: [51, 14], bold: true},
  title: {color: [231, 15], bold: true},
  key: {color: [226, 11]},
  name: {color: [51, 14]},
  number: {color: [226, 11]},
  ok: {color: [46, 10], bold: true},
  warn: {color: [226, 11], bold: true},
  error: {color: [231, 15], background: [160, 1], bold: true},
  new: {color: [46, 10], bold: true},
  changed: {color: [226, 11], bold: true},
  gone: {color: [213, 13], bold: true},
  bar: {color: [51, 14]},
};

/** No colour at all: weight and reversal only. */
const mono: Palette = {
  text: {},
  dim: {dim: true},
  ghost: {dim: true},
  strong: {bold: true},
  title: {bold: true},
  border: {dim: true},
  focus: {bold: true},
  accent: {bold: true},
  key: {},
  value: {},
  name: {},
  number: {},
  command: {bold: true},
  ok: {},
  warn: {bold: true},
  error: {bold: true},
  new: {bold: true},
  changed: {bold: true},
  gone: {dim: true},
  active: {inverse: true},
  past: {underline: true},
  select: {inverse: true},
  bar: {},
};

export const palettes = {dark, light, 'high-contrast': highContrast, mono} as const satisfies Record<string, Palette>;

export type ThemeName = keyof typeof palettes;

const isTheme = (name: string | undefined): name is ThemeName => name !== undefined && Object.hasOwn(palettes, name);

export interface Theme {
  readonly name: ThemeName;
  /** 16 where the terminal has no more. */
  readonly depth: 16 | 256;
  readonly ascii: boolean;
}

interface Environment {
  readonly [variable: string]: string | undefined;
}

/** Chooses by the environment what was not asked for: NO_COLOR and TERM=dumb make it mono, TERM and the locale say what can be drawn. */
export function chooseTheme(env: Environment, wanted: {theme?: string; ascii?: boolean; color?: boolean} = {}): Theme {
  const term = env['TERM'] ?? '';
  const colorless = wanted.color === false || (env['NO_COLOR'] ?? '') !== '' || env['FORCE_COLOR'] === '0' || term === 'dumb';
  const modern = env['COLORTERM'] !== undefined || env['WT_SESSION'] !== undefined || env['TERM_PROGRAM'] !== undefined;
  return {
    name: colorless ? 'mono' : isTheme(wanted.theme) ? wanted.theme : lightBackground(env) ? 'light' : 'dark',
    depth: modern || term.includes('256color') || /kitty|alacritty|foot|wezterm|ghostty/.test(term) ? 256 : 16,
    ascii: wanted.ascii ?? asciiOnly(env),
  };
}

/** rxvt's convention, kept by Konsole and others: `foreground;background` as colour numbers. */
function lightBackground(env: Environment): boolean {
  const background = Number(env['COLORFGBG']?.split(';').at(-1) ?? '0');
  return background === 7 || (background > 8 && background <= 15);
}

function codesOf(style: Style, depth: 16 | 256): string {
  const codes: (number | string)[] = [];
  if (style.bold) codes.push(1);
  if (style.dim) codes.push(2);
  if (style.italic) codes.push(3);
  if (style.underline) codes.push(4);
  if (style.inverse) codes.push(7);
  const color = (pair: readonly [number, number], base: number, extended: number): void => {
    const [of256, of16] = pair;
    codes.push(depth === 256 ? `${extended};5;${of256}` : of16 < 8 ? base + of16 : base + 52 + of16);
  };
  if (style.color) color(style.color, 30, 38);
  if (style.background) color(style.background, 40, 48);
  return codes.join(';');
}

const memo = new Map<string, string>();

function sequence(token: Token, theme: Theme): string {
  const key = `${theme.name}/${theme.depth}/${token}`;
  let codes = memo.get(key);
  if (codes === undefined) {
    codes = codesOf(palettes[theme.name][token], theme.depth);
    memo.set(key, codes);
  }
  return codes;
}

/** Turns a fitted row into the characters a terminal gets. */
export function paint(row: Row, theme: Theme): string {
  let painted = '';
  for (const {text, token} of row) {
    const shown = theme.ascii ? toAscii(text) : text;
    const codes = sequence(token, theme);
    painted += codes === '' ? shown : `\u001b[${codes}m${shown}\u001b[0m`;
  }
  return painted;
}
