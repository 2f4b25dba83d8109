/** Where things are served. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/installer.go */
import {apiVersionOf} from './group-version.ts';
import type {Kind} from './kinds.ts';

/** The root of a version of a group: `/api/v1`, `/apis/apps/v1`. */
export const apiRootOf = ({group, version}: {readonly group: string; readonly version: string}): string =>
  group ? `/apis/${apiVersionOf({group, version})}` : `/api/${version}`;

/** The path of a collection, an object or a subresource: `/apis/apps/v1/namespaces/default/deployments/web/scale`. */
export function pathOf(
  kind: Pick<Kind, 'group' | 'version' | 'namespaced' | 'resource'>,
  namespace = '',
  name = '',
  subresource = '',
): string {
  const where = namespace && kind.namespaced ? `/namespaces/${namespace}` : '';
  return `${apiRootOf(kind)}${where}/${kind.resource}${name && `/${name}`}${subresource && `/${subresource}`}`;
}
