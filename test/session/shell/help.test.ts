import {expect, test} from 'vitest';
import {SESSION_WORDS} from '../../../src/session/own-words.ts';
import {helpOn, helpText} from '../../../src/session/shell/help.ts';
import {programs} from '../../../src/session/shell/programs/table.ts';

const words = [...Object.keys(SESSION_WORDS), ...programs.map(({name}) => name)];

test('help names everything that can be typed', () => {
  const named = helpText().split(/[\s:]+/);
  for (const word of words) expect(named).toContain(word);
});

test('help WORD tells of each of them', () => {
  for (const word of words) expect(helpOn(word)).not.toHaveProperty('text', expect.stringContaining('nothing that can be typed'));
  expect(helpOn('why')).toEqual({text: 'why WHAT [FIELD]\n  the chain of causes: why pod/web, why pod/web spec.nodeName, why rev 41'});
  expect(helpOn('chaos')).toEqual({line: 'chaos'});
  expect(helpOn('frob')).toEqual({text: 'frob is nothing that can be typed here. Type help to see what there is.'});
});
