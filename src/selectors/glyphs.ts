import {widthOf} from './text.ts';

/** Marks and borders. Rows are written with these; a terminal without Unicode gets the second column, of the same width, just before painting. */

const ascii = {
  '─': '-',
  '━': '=',
  '│': '|',
  '╭': '+',
  '╮': '+',
  '╰': '+',
  '╯': '+',
  '├': '|',
  '└': '`',
  '┤': '|',
  '┬': '+',
  '┿': '+',
  '═': '=',
  '║': '|',
  '╔': '#',
  '╗': '#',
  '╚': '#',
  '╝': '#',
  '…': '~',
  '✓': '+',
  '✗': 'x',
  '◉': '@',
  '◌': 'o',
  '·': '.',
  '▸': '>',
  '▹': '-',
  '◂': '<',
  '›': '>',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '∆': '*',
  '✦': '*',
  '✧': '.',
  '▪': '*',
  '█': '#',
  '░': '.',
  '▌': '|',
  '▁': '_',
  '▂': '_',
  '▃': '-',
  '▄': '-',
  '▅': '=',
  '▆': '=',
  '▇': '#',
} as const satisfies Record<string, string>;

const table: Readonly<Record<string, string>> = ascii;

/** Replaces the program's own marks by ASCII ones of the same width, and any other character that is not ASCII by as many `?` as it has cells. */
export function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, character => table[character] ?? '?'.repeat(widthOf(character)));
}
