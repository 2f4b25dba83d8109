import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {LineCounter, parse, stringify} from 'yaml';
import {MOST_YAML_LEVELS, parseAllDocuments, parseDocument, parseYaml, tooDeepAt} from '../../../src/engine/api/yaml.ts';

const indented = (levels: number): string => Array.from({length: levels}, (_, i) => `${' '.repeat(i)}a:\n`).join('');

describe('a text that nests without end', () => {
  it.each([
    ['brackets', (n: number) => `${'['.repeat(n)}${']'.repeat(n)}`],
    ['brackets that nobody closes', (n: number) => '{a: '.repeat(n)],
    ['lists within a line', (n: number) => `${'- '.repeat(n)}x`],
    ['keys within a line', (n: number) => `${'? '.repeat(n)}x`],
    ['indentation', indented],
  ])('is refused: %s', (_, nested) => {
    expect(tooDeepAt(nested(MOST_YAML_LEVELS - 1))).toBeUndefined();
    for (const levels of [MOST_YAML_LEVELS + 2, 2000]) {
      expect(() => parseYaml(nested(levels))).toThrow(/^it nests more than 200 levels deep at line \d+, column \d+$/);
      expect(parseAllDocuments(nested(levels)).map(document => document.toJS())).toEqual([null]);
    }
  });

  it('is told by its place', () => {
    const lineCounter = new LineCounter();
    const {errors} = parseDocument(`a: 1\nb:\n  ${'['.repeat(500)}`, {lineCounter, prettyErrors: false});
    expect(errors.map(({message, pos}) => [message, lineCounter.linePos(pos[0])])).toEqual([
      ['it nests more than 200 levels deep', {line: 3, col: 201}],
    ]);
  });

  it('is no text that only is long: lists, scripts, drawings', () => {
    for (const text of ['- a\n'.repeat(5000), 'a:\n  - b\n'.repeat(5000), `script: |\n${'  if [ "$x" ]; then {\n  }\n  fi\n'.repeat(500)}`])
      expect(tooDeepAt(text)).toBeUndefined();
    expect(tooDeepAt(`art: |\n${' '.repeat(600)}*\n${' '.repeat(300)}*\n${' '.repeat(900)}*\n`)).toBeUndefined();
  });
});

it('everything else reads as the library reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({maxDepth: 8}), value => {
      for (const text of [stringify(value), JSON.stringify(value)]) expect(parseYaml(text)).toEqual(parse(text));
    }),
    {numRuns: 200},
  );
});
