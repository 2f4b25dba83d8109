/** What `help` and `help WORD` say. */
import {SESSION_WORDS} from '../own-words.ts';
import {TIME_WORDS} from '../time/time-words.ts';
import {programNamed, programs} from './programs/table.ts';
import {textPrograms} from './programs/text.ts';

const isTextProgram = new Set(textPrograms);

/** All that can be typed, in a few lines. */
const GROUPS: readonly (readonly [title: string, words: readonly string[]])[] = [
  ['Programs', programs.filter(program => !isTextProgram.has(program)).map(({name}) => name)],
  ['As in any shell', [...textPrograms.map(({name}) => name), '| && || ; > >> < $( ) for while if']],
  ['Time', Object.keys(TIME_WORDS)],
  ['The game', Object.keys(SESSION_WORDS).filter(word => !(word in TIME_WORDS))],
];

export const helpText = (): string =>
  [
    ...GROUPS.map(([title, words]) => `${title}: ${words.join('  ')}`),
    'help WORD says how it is called and what it does: help kubectl, help chaos, help break. The key ? shows the keys.',
  ].join('\n');

/** What there is to say of one word. `line`: a command that says it better. */
export function helpOn(word: string): {readonly text: string} | {readonly line: string} {
  if (word === 'kubectl') return {line: 'kubectl --help'};
  if (word === 'chaos') return {line: 'chaos'};
  const own = SESSION_WORDS[word];
  const {usage, about} = own ? {usage: own.usage ?? word, about: own.about} : (programNamed(word) ?? {usage: undefined, about: ''});
  return {text: usage ? `${usage}\n  ${about}` : `${word} is nothing that can be typed here. Type help to see what there is.`};
}
