import fc from 'fast-check';
import {expect, it} from 'vitest';
import {parse} from 'yaml';
import {prettyJson} from '../../../src/engine/api/go-json.ts';
import {alignTabs, TABLE_TABS} from '../../../src/kubectl/text/tab-writer.ts';
import {toYaml} from '../../../src/kubectl/text/yaml.ts';

it('writes YAML as sigs.k8s.io/yaml does', () => {
  const object = {
    spec: {ports: [{port: 80}], args: [], empty: {}, script: 'one\ntwo\n', on: 'yes', number: '8', time: null, colon: 'a: b'},
    apiVersion: 'v1',
  };
  expect(toYaml(object)).toBe(
    'apiVersion: v1\nspec:\n  args: []\n  colon: \'a: b\'\n  empty: {}\n  number: "8"\n  "on": "yes"\n  ports:\n  - port: 80\n  script: |\n    one\n    two\n  time: null\n',
  );
});

it('reads back what it wrote', () => {
  const value = fc.jsonValue({maxDepth: 4}).filter(v => !JSON.stringify(v).includes('-0'));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), object => {
      expect(parse(toYaml(object), {uniqueKeys: false})).toEqual(JSON.parse(JSON.stringify(object)));
    }),
    {numRuns: 200},
  );
});

it('writes JSON with four blanks, keys sorted and markup hidden', () => {
  expect(prettyJson({b: 'a<b>', a: [1]})).toBe('{\n    "a": [\n        1\n    ],\n    "b": "a\\u003cb\\u003e"\n}\n');
});

it('aligns cells at the widest of each column', () => {
  expect(alignTabs('NAME\tREADY\tAGE\nlong-name\t1/1\t3s\n', TABLE_TABS)).toBe('NAME        READY   AGE\nlong-name   1/1     3s\n');
});
