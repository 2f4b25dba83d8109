/**
 * What a client asks before it asks anything else: which groups, versions and resources there are. Aggregated (one answer for all groups) or plain.
 * upstream: staging/src/k8s.io/apiserver/pkg/endpoints/discovery
 */

import {toBase64} from '../api/base64.ts';
import {apiVersionOf} from '../api/group-version.ts';
import {groups, type Kind, type Subresource} from '../api/kinds.ts';
import {sha256} from '../api/sha256.ts';
import {type ApiResponse, header, type Walk} from './request.ts';
import {kindIn, servedTo} from './resources.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

const json = (body: unknown, type = 'application/json'): ApiResponse => ({code: 200, headers: {'content-type': type}, body});

const aggregatedSubresource = (sub: Subresource) => ({
  subresource: sub.name,
  responseKind: {group: sub.group, version: sub.version, kind: sub.kind},
  verbs: sub.verbs,
});

const aggregatedResource = (kind: Kind, version: string) => {
  const {subresources} = kindIn(kind, version);
  return {
    resource: kind.resource,
    responseKind: {group: kind.group, version, kind: kind.kind},
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...(kind.shortNames.length && {shortNames: kind.shortNames}),
    ...(kind.categories.length && {categories: kind.categories}),
    ...(subresources.length && {subresources: subresources.map(aggregatedSubresource)}),
  };
};

/** `/api` holds the core group, `/apis` all others. */
function aggregated(kinds: readonly Kind[], core: boolean): ApiResponse {
  const items = groups(kinds)
    .filter(({group}) => (group === '') === core)
    .map(({group, versions}) => ({
      metadata: {...(group && {name: group}), creationTimestamp: null},
      versions: versions.map(version => ({
        version,
        freshness: 'Current',
        resources: kinds.filter(k => k.group === group && k.versions.includes(version)).map(k => aggregatedResource(k, version)),
      })),
    }));
  return json({kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items}, AGGREGATED);
}

const apiGroup = ({group, versions}: {group: string; versions: string[]}) => ({
  name: group,
  versions: versions.map(version => ({groupVersion: apiVersionOf({group, version}), version})),
  preferredVersion: {groupVersion: apiVersionOf({group, version: versions[0]!}), version: versions[0]!},
});

const hashes = new Map<string, string>();

/** Changes when objects begin to be stored in another form: a client may learn from it that they have to be written anew. upstream: discovery/storageversionhash.go */
function storageVersionHash({group, version, versions, kind, etcdPrefix}: Kind): string {
  const stored = versions.includes(version) ? version : versions[0]!;
  // Events of both groups are one and the same in the store.
  const text = `${etcdPrefix === 'events' ? '' : group}/${stored}/${kind}`;
  let hash = hashes.get(text);
  if (hash === undefined) hashes.set(text, (hash = toBase64(sha256(text).slice(0, 8))));
  return hash;
}

function resourceList(kinds: readonly Kind[], group: string, version: string): ApiResponse | undefined {
  const served = kinds.filter(k => k.group === group && k.versions.includes(version));
  if (served.length === 0) return undefined;
  const resources = served.flatMap(kind => [
    {
      name: kind.resource,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: kind.verbs,
      ...(kind.shortNames.length && {shortNames: kind.shortNames}),
      ...(kind.categories.length && {categories: kind.categories}),
      ...(kind.etcdPrefix !== undefined && {storageVersionHash: storageVersionHash(kind)}),
    },
    ...kindIn(kind, version).subresources.map(sub => ({
      name: `${kind.resource}/${sub.name}`,
      singularName: '',
      namespaced: kind.namespaced,
      ...(apiVersionOf(sub) !== apiVersionOf({group, version}) && {group: sub.group, version: sub.version}),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ]);
  return json({kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf({group, version}), resources});
}

/** Answers `/api`, `/apis` and what lies directly below them; undefined for any other path. */
export function discovery(walk: Walk): ApiResponse | undefined {
  const kinds = servedTo(walk);
  const [root, ...rest] = walk.request.path.split('/').filter(Boolean);
  if (root !== 'api' && root !== 'apis') return undefined;
  const core = root === 'api';
  if (rest.length === 0) {
    if (header(walk.request, 'accept').includes('as=APIGroupDiscoveryList')) return aggregated(kinds, core);
    if (core)
      return json({
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{clientCIDR: '0.0.0.0/0', serverAddress: '192.168.0.2:6443'}],
      });
    const named = groups(kinds).filter(({group}) => group !== '');
    return json({kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(apiGroup)});
  }
  if (core) return rest.length === 1 ? resourceList(kinds, '', rest[0]!) : undefined;
  if (rest.length === 2) return resourceList(kinds, rest[0]!, rest[1]!);
  const group = rest.length === 1 ? groups(kinds).find(g => g.group === rest[0]) : undefined;
  return group && json({kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group)});
}
