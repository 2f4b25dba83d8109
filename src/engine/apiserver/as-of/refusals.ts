/** Refusals that were worded otherwise before. */
import type {Status} from '../../api/types.ts';
import {asJsonIter} from './json-iter.ts';
import type {Change} from './types.ts';

const reworded = (status: Status, today: string | RegExp, then: string): Status => ({
  ...status,
  message: status.message?.replace(today, then) ?? '',
});

/** `limits.memory for: c; requests.cpu for: c` without the containers. */
const withoutContainers = (missing: string): string =>
  missing
    .split('; ')
    .map(part => part.replace(/ for: .*$/, ''))
    .join(',');

export const REFUSALS: readonly Change[] = [
  {
    since: 24,
    about: 'A quota says which containers lack what it counts (kubernetes/kubernetes#107210).',
    refusal: status => {
      const [, before, missing] = /^(.* failed quota: [^:]+: must specify )(.*)$/.exec(status.message ?? '') ?? [];
      return missing === undefined ? status : {...status, message: `${before}${withoutContainers(missing)}`};
    },
  },
  {
    since: 23,
    about:
      'Bodies are read by sigs.k8s.io/json, no longer by json-iterator (KEP-2885). upstream: apimachinery/pkg/runtime/serializer/json/json.go',
    refusal: asJsonIter,
  },
  {
    since: 23,
    about:
      'A JSON patch is counted before it is read: it is no list of operations, instead of no patch. upstream: endpoints/handlers/patch.go',
    refusal: status =>
      reworded(
        status,
        /^error decoding patch: (json: cannot unmarshal \w+ into Go value of type )\[\]handlers\.jsonPatchOp$/,
        '$1jsonpatch.Patch',
      ),
  },
  {
    since: 22,
    about: 'Ingresses were first of the group extensions, and refused in its name. upstream: pkg/apis/extensions (gone in 1.22)',
    refusal: status =>
      status.reason === 'Invalid' && status.details?.kind === 'Ingress'
        ? {...reworded(status, /^Ingress\.networking\.k8s\.io /, 'Ingress.extensions '), details: {...status.details, group: 'extensions'}}
        : status,
  },
];
