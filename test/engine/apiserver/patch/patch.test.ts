import {describe, expect, it} from 'vitest';
import {byResource} from '../../../../src/engine/api/kinds.ts';
import {definitionOfKind} from '../../../../src/engine/apiserver/decoding/schema.ts';
import {applyJsonPatch} from '../../../../src/engine/apiserver/patch/json-patch.ts';
import {applyMergePatch} from '../../../../src/engine/apiserver/patch/merge-patch.ts';
import {applyStrategicMergePatch} from '../../../../src/engine/apiserver/patch/strategic.ts';

const strategic = (resource: string, document: object, patch: object): any =>
  applyStrategicMergePatch(document as never, patch as never, definitionOfKind(byResource(resource)!)!);
const inPod = (spec: object, patch: object): any => strategic('pods', {spec}, {spec: patch}).spec;

describe('a merge patch (RFC 7386)', () => {
  it.each([
    [{a: 'b'}, {a: 'c'}, {a: 'c'}],
    [{a: 'b'}, {b: 'c'}, {a: 'b', b: 'c'}],
    [{a: 'b'}, {a: null}, {}],
    [{a: ['b']}, {a: 'c'}, {a: 'c'}],
    [{a: {b: 'c'}}, {a: {b: 'd', c: null}}, {a: {b: 'd'}}],
    [{a: [{b: 'c'}]}, {a: [1]}, {a: [1]}],
    [{e: null}, {a: 1}, {e: null, a: 1}],
    [{}, {a: {bb: {ccc: null}}}, {a: {bb: {}}}],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
  ])('%j + %j = %j', (document, patch, result) => {
    expect(applyMergePatch(document, patch)).toEqual(result);
  });
});

describe('a JSON patch (RFC 6902)', () => {
  it.each([
    [{foo: 'bar'}, [{op: 'add', path: '/baz', value: 'qux'}], {foo: 'bar', baz: 'qux'}],
    [{foo: ['a', 'c']}, [{op: 'add', path: '/foo/1', value: 'b'}], {foo: ['a', 'b', 'c']}],
    [{foo: ['a']}, [{op: 'add', path: '/foo/-', value: 'b'}], {foo: ['a', 'b']}],
    [{foo: ['a', 'b']}, [{op: 'remove', path: '/foo/0'}], {foo: ['b']}],
    [{a: {b: 1}}, [{op: 'move', from: '/a/b', path: '/c'}], {a: {}, c: 1}],
    [{a: 1}, [{op: 'copy', from: '/a', path: '/b'}], {a: 1, b: 1}],
    [{'a/b': 1}, [{op: 'replace', path: '/a~1b', value: 2}], {'a/b': 2}],
    [
      {a: [1, 2]},
      [
        {op: 'test', path: '/a', value: [1, 2]},
        {op: 'replace', path: '/a/0', value: 3},
      ],
      {a: [3, 2]},
    ],
  ])('%j + %j = %j', (document, patch, result) => {
    expect(applyJsonPatch(document, patch)).toEqual(result);
  });

  it.each([
    [{a: 1}, [{op: 'test', path: '/a', value: 2}]],
    [{a: 1}, [{op: 'remove', path: '/b'}]],
    [{a: 1}, [{op: 'replace', path: '/b', value: 1}]],
    [{a: []}, [{op: 'add', path: '/a/3', value: 1}]],
    [{a: 1}, [{op: 'add', path: '/b/c', value: 1}]],
  ])('%j + %j is refused, and does not say why', (document, patch) => {
    expect(() => applyJsonPatch(document, patch)).toThrow('the server rejected our request due to an error in our request');
  });
});

describe('a strategic merge patch', () => {
  it('finds a container by its name', () => {
    const spec = {
      containers: [
        {name: 'a', image: 'a:1', ports: [{containerPort: 80}]},
        {name: 'b', image: 'b:1'},
      ],
    };
    expect(inPod(spec, {containers: [{name: 'a', image: 'a:2'}]}).containers).toEqual([
      {name: 'a', image: 'a:2', ports: [{containerPort: 80}]},
      {name: 'b', image: 'b:1'},
    ]);
  });

  it('puts a new element first', () => {
    expect(inPod({containers: [{name: 'a'}]}, {containers: [{name: 'b'}]}).containers).toEqual([{name: 'b'}, {name: 'a'}]);
  });

  it('keeps the order that the client gives', () => {
    const patch = {'$setElementOrder/containers': [{name: 'a'}, {name: 'b'}], containers: [{name: 'b'}]};
    expect(inPod({containers: [{name: 'server'}, {name: 'a'}]}, patch).containers).toEqual([{name: 'server'}, {name: 'a'}, {name: 'b'}]);
  });

  it('takes an element away', () => {
    const patch = {containers: [{name: 'a', $patch: 'delete'}]};
    expect(inPod({containers: [{name: 'a'}, {name: 'b'}]}, patch).containers).toEqual([{name: 'b'}]);
  });

  it('replaces a list when it is told to', () => {
    const patch = {containers: [{$patch: 'replace'}, {name: 'c'}]};
    expect(inPod({containers: [{name: 'a'}, {name: 'b'}]}, patch).containers).toEqual([{name: 'c'}]);
  });

  it('replaces lists that have no key', () => {
    expect(inPod({tolerations: [{key: 'a'}]}, {tolerations: [{key: 'b'}]}).tolerations).toEqual([{key: 'b'}]);
  });

  it('retains the keys it names', () => {
    const before = {spec: {strategy: {type: 'RollingUpdate', rollingUpdate: {maxSurge: 1}}}};
    const patch = {spec: {strategy: {$retainKeys: ['type'], type: 'Recreate'}}};
    expect(strategic('deployments', before, patch)).toEqual({spec: {strategy: {type: 'Recreate'}}});
  });

  it('adds to and takes from a list of plain values', () => {
    const before = {metadata: {finalizers: ['a', 'b']}};
    expect(strategic('pods', before, {metadata: {finalizers: ['c']}}).metadata.finalizers).toEqual(['c', 'a', 'b']);
    expect(strategic('pods', before, {metadata: {'$deleteFromPrimitiveList/finalizers': ['a']}}).metadata.finalizers).toEqual(['b']);
  });

  it('replaces a structure when it is told to', () => {
    const before = {metadata: {labels: {a: '1', b: '2'}}};
    expect(strategic('pods', before, {metadata: {labels: {$patch: 'replace', c: '3'}}}).metadata.labels).toEqual({c: '3'});
  });

  it('deletes a field with null, and brings no null in', () => {
    expect(inPod({nodeName: 'a', hostname: 'x'}, {nodeName: null, securityContext: {runAsUser: null, fsGroup: 1}})).toEqual({
      hostname: 'x',
      securityContext: {fsGroup: 1},
    });
  });
});
