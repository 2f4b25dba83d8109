/** Which resources the server has. upstream: staging/src/k8s.io/client-go/discovery, restmapper */
import type {Kind} from '../engine/api/kinds.ts';
import type {Client} from './client.ts';
import type {Cache, Effects} from './types.ts';

const ACCEPT =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

interface AggregatedList {
  kind?: string;
  items?: {
    metadata?: {name?: string};
    versions: {
      version: string;
      resources?: {
        resource: string;
        responseKind?: {group?: string; version?: string; kind?: string};
        scope: 'Namespaced' | 'Cluster';
        singularResource: string;
        verbs: string[];
        shortNames?: string[];
        categories?: string[];
        subresources?: {subresource: string; responseKind?: {group?: string; version?: string; kind?: string}; verbs: string[]}[];
      }[];
    }[];
  }[];
}

interface PlainGroups {
  versions?: string[];
  groups?: {name: string; versions: {groupVersion: string; version: string}[]}[];
}

interface PlainResources {
  resources: {
    name: string;
    singularName: string;
    namespaced: boolean;
    kind: string;
    group?: string;
    version?: string;
    verbs: string[];
    shortNames?: string[];
    categories?: string[];
  }[];
}

function fromAggregated(list: AggregatedList): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const {metadata, versions} of list.items ?? [])
    for (const {version, resources = []} of versions)
      for (const r of resources) {
        const group = metadata?.name ?? '';
        const key = `${group}/${r.resource}`;
        const known = kinds.get(key);
        if (known) {
          kinds.set(key, {...known, versions: [...known.versions, version]});
          continue;
        }
        kinds.set(key, {
          group,
          version,
          versions: [version],
          kind: r.responseKind?.kind ?? '',
          resource: r.resource,
          singular: r.singularResource,
          shortNames: r.shortNames ?? [],
          categories: r.categories ?? [],
          namespaced: r.scope === 'Namespaced',
          verbs: r.verbs,
          subresources: (r.subresources ?? []).map(s => ({
            name: s.subresource,
            verbs: s.verbs,
            kind: s.responseKind?.kind ?? '',
            group: s.responseKind?.group ?? '',
            version: s.responseKind?.version ?? '',
          })),
          etcdPrefix: undefined,
        });
      }
  return [...kinds.values()];
}

/** A server without aggregated discovery is asked group by group. */
function* fromPlain(client: Client, root: string, answer: PlainGroups): Effects<Kind[]> {
  const groups = answer.groups ?? [{name: '', versions: (answer.versions ?? []).map(v => ({groupVersion: v, version: v}))}];
  const list: AggregatedList = {items: []};
  for (const {name, versions} of groups) {
    const item: NonNullable<AggregatedList['items']>[number] = {metadata: {name}, versions: []};
    for (const {groupVersion, version} of versions) {
      const response = yield* client.raw('GET', `${root}/${groupVersion}`);
      if (response.code >= 400) continue;
      const {resources} = response.body as PlainResources;
      item.versions.push({
        version,
        resources: resources
          .filter(r => !r.name.includes('/'))
          .map(r => ({
            resource: r.name,
            responseKind: {kind: r.kind},
            scope: r.namespaced ? 'Namespaced' : 'Cluster',
            singularResource: r.singularName || r.kind.toLowerCase(),
            verbs: r.verbs,
            ...(r.shortNames && {shortNames: r.shortNames}),
            ...(r.categories && {categories: r.categories}),
            subresources: resources
              .filter(s => s.name.startsWith(`${r.name}/`))
              .map(s => ({
                subresource: s.name.slice(r.name.length + 1),
                responseKind: {kind: s.kind, group: s.group ?? '', version: s.version ?? ''},
                verbs: s.verbs,
              })),
          })),
      });
    }
    list.items!.push(item);
  }
  return fromAggregated(list);
}

interface Discovered {
  server: string;
  at: number;
  kinds: readonly Kind[];
}

/** How long kubectl trusts its discovery cache. */
const CACHE_MS = 6 * 3600_000;

/** All resources of the server, from the cache where it is fresh. Throws ApiError, ConnectionFailure. */
export function* discover(client: Client, cache: Cache, now: number, fresh = false): Effects<readonly Kind[]> {
  const cached = cache.discovery as Discovered | undefined;
  if (!fresh && cached && cached.server === client.config.server && now >= cached.at && now - cached.at < CACHE_MS) return cached.kinds;
  const kinds: Kind[] = [];
  for (const root of ['/api', '/apis']) {
    const answer = yield* client.send<AggregatedList & PlainGroups>('GET', root, {query: {timeout: '32s'}, accept: ACCEPT});
    kinds.push(...(answer.kind === 'APIGroupDiscoveryList' ? fromAggregated(answer) : yield* fromPlain(client, root, answer)));
  }
  cache.discovery = {server: client.config.server, at: now, kinds} satisfies Discovered;
  return kinds;
}
