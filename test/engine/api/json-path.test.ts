import {expect, it} from 'vitest';
import {printJsonPath, relaxedJsonPath} from '../../../src/engine/api/json-path.ts';
import {parseGoTemplate} from '../../../src/kubectl/query/go-template.ts';
import {printGoTemplate} from '../../../src/kubectl/query/go-template-execute.ts';

const PODS = {
  items: [
    {
      metadata: {name: 'a', labels: {'app.kubernetes.io/name': 'shop'}},
      spec: {containers: [{image: 'nginx'}, {image: 'envoy'}]},
      ready: true,
    },
    {metadata: {name: 'b'}, spec: {containers: [{image: 'redis'}]}, ready: false},
    {metadata: {name: 'c'}, spec: {containers: []}, restarts: 5},
  ],
};

it.each([
  ['{.items[*].metadata.name}', 'a b c'],
  ['{.items[0].metadata.name}', 'a'],
  ['{.items[-1:].metadata.name}', 'c'],
  ['{.items[0:3:2].metadata.name}', 'a c'],
  ['{..image}', 'nginx envoy redis'],
  [String.raw`{.items[0].metadata.labels.app\.kubernetes\.io/name}`, 'shop'],
  [String.raw`{.items[0].metadata.labels['app\.kubernetes\.io/name']}`, 'shop'],
  ['{.items[?(@.ready==true)].metadata.name}', 'a'],
  ['{.items[?(@.restarts>3)].metadata.name}', 'c'],
  ['{range .items[*]}{.metadata.name}{"\\t"}{.spec.containers[*].image}{"\\n"}{end}', 'a\tnginx envoy\nb\tredis\nc\t\n'],
  ["{.items[*]['metadata.name', 'ready']}", 'a b c true false'],
  ['names: {.items[1].metadata.name}!', 'names: b!'],
])('jsonpath %s', (template, text) => {
  expect(printJsonPath(template, PODS, {allowMissingKeys: true})).toBe(text);
});

it('says which field is missing where it must be there', () => {
  expect(() => printJsonPath('{.nope}', PODS)).toThrow('nope is not found');
  expect(() => printJsonPath('{.items[9].metadata}', PODS)).toThrow('array index out of bounds: index 9, length 3');
});

it('lets braces and the first dot go where kubectl does', () => {
  for (const path of ['metadata.name', '.metadata.name', '{metadata.name}', '{.metadata.name}'])
    expect(relaxedJsonPath(path)).toBe('{.metadata.name}');
});

it('prints Go templates', () => {
  const template = '{{range .items}}{{.metadata.name}}{{if .ready}} ready{{else}} not{{end}}{{"\\n"}}{{end}}';
  expect(printGoTemplate(parseGoTemplate(template), PODS)).toBe('a ready\nb not\nc not\n');
});

it.each([
  ['{{if .x}}a', 'unexpected EOF'],
  ['a\n{{.x', 'unclosed action'],
  ['{{.x | nothing}}', 'function "nothing" not defined'],
  ['{{range}}a{{end}}', 'missing value for range'],
  ['{{"a}}', 'unterminated quoted string'],
])('says what is wrong with %j as Go does', (template, words) => {
  expect(() => parseGoTemplate(template)).toThrow(`template: output:${template.split('\n').length}: ${words}`);
});
