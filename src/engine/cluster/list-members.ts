/** What leaves the cluster as a list. upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go TypeMeta, which nobody fills in for members of typed lists */
import {parseApiVersion} from '../api/group-version.ts';
import {kinds} from '../api/kinds.ts';
import {isList} from '../apiserver/presentation.ts';
import type {ApiResponse} from '../apiserver/request.ts';

const TYPED_LISTS = new Set(kinds.map(({group, kind}) => `${group}/${kind}List`));

/** The answer, where the members of a list of a built-in kind do not say what they are, since the list does. Those of custom resources go on saying it. */
export function membersUntyped(answer: ApiResponse): ApiResponse {
  const {body} = answer;
  if (!isList(body) || !TYPED_LISTS.has(`${parseApiVersion(body.apiVersion).group}/${body.kind}`)) return answer;
  return {...answer, body: {...body, items: body.items.map(({apiVersion: _, kind: _kind, ...rest}) => rest)}};
}
