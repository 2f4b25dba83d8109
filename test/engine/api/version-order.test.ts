import {expect, it} from 'vitest';
import {groups, kinds} from '../../../src/engine/api/kinds.ts';
import {compareVersions} from '../../../src/engine/api/version-order.ts';

it('mature before young, high before low, names of no custom last', () => {
  const versions = ['foo10', 'v1', 'v11alpha2', 'v10', 'v3beta1', 'foo1', 'v12alpha1', 'v11beta2', 'v2'];
  expect(versions.sort((a, b) => compareVersions(b, a))).toEqual([
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v3beta1',
    'v12alpha1',
    'v11alpha2',
    'foo1',
    'foo10',
  ]);
});

it('the groups of definitions name their versions in that order, whatever theirs is', () => {
  const row = {...kinds[0]!, group: 'example.com', version: 'v1beta1', versions: ['v1alpha1', 'v1beta1', 'v2']};
  expect(groups([row])).toEqual([{group: 'example.com', versions: ['v2', 'v1beta1', 'v1alpha1']}]);
  expect(groups().find(({group}) => group === 'autoscaling')).toEqual({group: 'autoscaling', versions: ['v2', 'v1']});
});
