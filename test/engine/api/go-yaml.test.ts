import {describe, expect, it} from 'vitest';
import {yamlFault} from '../../../src/engine/api/go-yaml.ts';

describe('what go-yaml can read', () => {
  it.each([
    '',
    '# nothing but a remark\n',
    'a: 1\nb:\n- x\n-  y: z\n   u: v\n- - deep\n',
    "a: {b: c, \"d\": [1, 'it''s', {e: f}]}\nurl: http://here:80/there#part\n",
    'text: |-\n  one: two\n\n    three\nfolded: >\n  four\n  five\nnext: 6\n',
    'a: &one {x: 1}\nb: *one\nc: !!str 5\nd: !own e\n',
    '? key\n: value\n? other\n',
    'long: this\n  goes on\n  here\n',
    '---\na: b\n...\n',
    'a: "x \\u00e9 \\\n  y"\n',
    'a:\tb\n',
  ])('%j', text => {
    expect(yamlFault(text)).toBeUndefined();
  });
});

// Each of these a real kubectl has been asked about.
describe('what it says of the rest', () => {
  it.each([
    ['kind: Pod\nspec:\n  containers:\n  - name: a\n   image: b\n', 'yaml: line 4: did not find expected key'],
    ['kind: Pod\nmetadata:\n  name: x\n spec:\n  a: b\n', 'yaml: line 3: did not find expected key'],
    ['kind: Pod\nmetadata\n  name: x\n', "yaml: line 3: could not find expected ':'"],
    ['kind: Pod\nname: a: b\n', 'yaml: line 2: mapping values are not allowed in this context'],
    ['name: a: b\n', 'yaml: mapping values are not allowed in this context'],
    ['data:\n\tname: x\n', 'yaml: line 2: found character that cannot start any token'],
    ['image: @here\n', 'yaml: found character that cannot start any token'],
    ['kind: Pod\nargs: [a, b\nname: c\n', "yaml: line 2: did not find expected ',' or ']'"],
    ['kind: Pod\nlabels: {a: b\n', "yaml: line 2: did not find expected ',' or '}'"],
    ['labels: {a: b]\n', "yaml: did not find expected ',' or '}'"],
    ['kind: Pod\nname: "x\nspec: {}\n', 'yaml: line 4: found unexpected end of stream'],
    ['- a\nb: c\n', "yaml: line 1: did not find expected '-' indicator"],
    ['a: *nobody\n', "yaml: unknown anchor 'nobody' referenced"],
    ['a: &\n', 'yaml: did not find expected alphabetic or numeric character'],
    ['a: "\\q"\n', 'yaml: found unknown escape character'],
    ['a: }\n', 'yaml: did not find expected node content'],
    ['key: [a]]\n', 'yaml: did not find expected key'],
    ['%nonsense\na: b\n', 'yaml: found unknown directive name'],
    ['a: b\nc: - d\n', 'yaml: line 2: block sequence entries are not allowed in this context'],
    ['a: b\nc: |x\n  y\n', 'yaml: line 2: did not find expected comment or line break'],
  ])('%j', (text, words) => {
    expect(yamlFault(text)).toBe(words);
  });
});
