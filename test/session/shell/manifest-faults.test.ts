import {describe, expect, test} from 'vitest';
import {byKind} from '../../../src/engine/api/kinds.ts';
import {manifestFaults} from '../../../src/session/shell/manifest-faults.ts';

/** One line a fault, as an editor prints it. */
const faults = (text: string, before?: string): string[] =>
  manifestFaults(text, 'x.yaml', {kindOf: byKind, ...(before !== undefined && {before})}).map(
    ({line, column, field, message}) => `${line}:${column} ${field}: ${message}`,
  );

describe('what is wrong with a manifest', () => {
  test.each<[string, string, string[]]>([
    ['nothing', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n', []],
    ['YAML', 'a: b: c\n', ['1:4 : yaml: mapping values are not allowed in this context']],
    ['no kind', 'apiVersion: v1\n', ['1:1 kind: kind not set']],
    ['an unknown kind', 'apiVersion: v1\nkind: Ship\n', ['2:1 kind: no matches for kind "Ship" in version "v1"']],
    ['a list', '- a\n', ['1:1 : a manifest is a map of fields, beginning with apiVersion and kind']],
    [
      'an unknown field, in the second document',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: z}\ndatum: {}\n',
      ['8:1 datum: unknown field "datum"'],
    ],
    [
      'a value',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  restartPolicy: Sometimes\n  containers:\n    - name: web\n      image: nginx\n',
      ['6:3 spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
    ],
    [
      'a missing field, at what should have it',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n',
      ['6:7 spec.containers[0].image: Required value'],
    ],
  ])('%s', (_what, text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  test('an update is held against what it was', () => {
    const before = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, resourceVersion: "7"}\nimmutable: true\ndata: {a: b}\n';
    expect(faults(before, before)).toEqual([]);
    expect(faults(before.replace('a: b', 'a: c'), before)).toEqual(['5:1 data: Forbidden: field is immutable when `immutable` is set']);
  });

  test('never throws, whatever stands there', () => {
    for (const text of [
      '',
      '&a [*a]',
      '%',
      '{',
      '? x',
      '\u0000',
      'apiVersion: 1\nkind: 2\n',
      'apiVersion: v1\nkind: Pod\nspec: null\n',
      'apiVersion: v1\nkind: Pod\nmetadata: 3\n',
    ])
      expect(faults(text).length).toBeGreaterThanOrEqual(0);
  });

  test('what is no object of the server is left alone', () => {
    expect(manifestFaults('a: b: c', 'notes.txt', {kindOf: byKind})).toEqual([]);
    expect(faults('apiVersion: v1\nkind: Config\nclusters: []\n')).toEqual([]);
  });
});
