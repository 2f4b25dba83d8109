/** Requests that were taken otherwise before. */
import type {ApiRequest} from '../request.ts';
import type {Change} from './types.ts';

const AGGREGATED = /[^,]*;as=APIGroupDiscoveryList[^,]*,?/g;

const withQuery = (request: ApiRequest, change: ApiRequest['query']): ApiRequest => ({...request, query: {...request.query, ...change}});

export const REQUESTS: readonly Change[] = [
  {
    since: 30,
    about: 'Discovery answers for all groups at once, in v2 (KEP-3352); who asks for that in vain is content with one group at a time.',
    request: request => {
      const accept = request.headers?.['accept'];
      if (typeof accept !== 'string' || !accept.includes('as=APIGroupDiscoveryList')) return request;
      return {...request, headers: {...request.headers, accept: accept.replace(AGGREGATED, '')}};
    },
  },
  {
    since: 25,
    about: 'Servers look for fields that they do not know (KEP-2885); before they left them out without a word.',
    request: request => withQuery(request, {fieldValidation: 'Ignore'}),
  },
];
