/** How groups, versions and resources are named together. upstream: staging/src/k8s.io/apimachinery/pkg/runtime/schema/group_version.go */

/** `apps/v1` in its parts; the group of `v1` is ''. */
export function parseApiVersion(apiVersion: string): {group: string; version: string} {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? {group: '', version: apiVersion} : {group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1)};
}

/** `v1`, `apps/v1`. */
export const apiVersionOf = ({group, version}: {readonly group: string; readonly version: string}): string =>
  group ? `${group}/${version}` : version;

/** `pods`, `deployments.apps`. */
export const groupResourceOf = ({group, resource}: {readonly group: string; readonly resource: string}): string =>
  group ? `${resource}.${group}` : resource;
