/** Warnings that there were none of before. */
import {isDeprecation} from './served.ts';
import type {Change} from './types.ts';

export const WARNINGS: readonly Change[] = [
  {
    since: 22,
    about: 'Who writes is warned of what is taken all the same. upstream: staging/src/k8s.io/apiserver/pkg/registry/rest WarningsOnCreate',
    warnings: warnings => warnings.filter(isDeprecation),
  },
  {
    since: 19,
    about: 'Servers warn at all (KEP-1693): of versions that are going.',
    warnings: () => [],
  },
];
