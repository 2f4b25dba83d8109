import {expect, it} from 'vitest';
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
