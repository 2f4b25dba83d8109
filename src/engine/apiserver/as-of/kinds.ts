/** The table of kinds as a release of another year had it. */
import {apiVersionOf, parseApiVersion} from '../../api/group-version.ts';
import type {Kind} from '../../api/kinds.ts';
import {isServed, SERVED, type Served, servedRow} from './served.ts';

/** Subresources by the minor release that first served them. upstream: pkg/registry/core/rest/storage_core.go */
const SUBRESOURCES: Readonly<Record<string, number>> = {'pods/ephemeralcontainers': 23, 'pods/resize': 33, 'serviceaccounts/token': 12};

const tables = new WeakMap<readonly Kind[], Map<number, readonly Kind[]>>();

/** Subresources whose body was of an earlier version before a minor release. */
const EARLIER: Readonly<Record<string, {readonly before: number; readonly version: string}>> = {
  'pods/eviction': {before: 22, version: 'v1beta1'},
};

/** Verbs that kinds have learned since. */
const VERBS: Readonly<Record<string, number>> = {'services deletecollection': 23};

/** What of these kinds a minor release served, in which versions: today's that were there, then those that are gone. */
export function kindsAsOf(minor: number, kinds: readonly Kind[]): readonly Kind[] {
  let table = tables.get(kinds);
  if (!table) tables.set(kinds, (table = new Map()));
  let then = table.get(minor);
  if (!then) table.set(minor, (then = kinds.flatMap(kind => kindAsOf(minor, kind))));
  return then;
}

function kindAsOf(minor: number, kind: Kind): Kind[] {
  const subresources = kind.subresources
    .filter(({name}) => (SUBRESOURCES[`${kind.resource}/${name}`] ?? 0) <= minor)
    .map(sub => {
      const earlier = EARLIER[`${kind.resource}/${sub.name}`];
      return earlier && minor < earlier.before ? {...sub, version: earlier.version} : sub;
    });
  const verbs = kind.verbs.filter(verb => (VERBS[`${kind.resource} ${verb}`] ?? 0) <= minor);
  const there = kind.versions.filter(version => wasServed(minor, apiVersionOf({group: kind.group, version}), kind.kind));
  const gone = SERVED.filter(row => replacedBy(row, kind) && isServed(row, minor)).map(row => parseApiVersion(row.apiVersion));
  const versions = [...there, ...gone.filter(({group}) => group === kind.group).map(({version}) => version)];
  const elsewhere = gone.filter(({group}) => group !== kind.group);
  return [
    ...(versions.length ? [{...kind, versions, verbs, subresources}] : []),
    ...elsewhere.map(({group, version}) => ({...kind, group, version, versions: [version], subresources})),
  ];
}

const replacedBy = ({kinds, now}: Served, {group, kind}: Kind): boolean =>
  now !== undefined && kinds.includes(kind) && parseApiVersion(now).group === group;

/** Whether a minor release served a kind in this version. */
export function wasServed(minor: number, apiVersion: string, kind: string): boolean {
  const row = servedRow(apiVersion, kind);
  return row === undefined || isServed(row, minor);
}
