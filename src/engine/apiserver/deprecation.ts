/**
 * What is said to whoever asks for a kind that is going.
 * upstream: staging/src/k8s.io/apiserver/pkg/endpoints/deprecation/deprecation.go, apiextensions-apiserver/pkg/apiserver/customresource_handler.go
 */
import {apiVersionOf} from '../api/group-version.ts';
import type {Kind} from '../api/kinds.ts';
import {compareVersions} from '../api/version-order.ts';
import type {Walk} from './request.ts';
import {definitionBehind} from './resources.ts';

/** Kinds that are served as before; `since`: a minor version. */
const GOING = [
  {apiVersion: 'v1', kind: 'ComponentStatus', since: 19},
  {apiVersion: 'v1', kind: 'Endpoints', since: 33, instead: 'discovery.k8s.io/v1 EndpointSlice'},
];

function ofBuiltin(kind: Kind, version: string, minor: number | undefined): string[] {
  const apiVersion = apiVersionOf({group: kind.group, version});
  return GOING.filter(row => row.apiVersion === apiVersion && row.kind === kind.kind && (minor ?? row.since) >= row.since).map(
    ({since, instead}) => `${apiVersion} ${kind.kind} is deprecated in v1.${since}+${instead ? `; use ${instead}` : ''}`,
  );
}

/** In the words of its definition, or in the server's, which name a version to go to. */
function ofCustom(kind: Kind, version: string): string[] {
  const {group, names, versions} = definitionBehind(kind)!.spec;
  const asked = versions.find(v => v.name === version);
  if (!asked?.deprecated) return [];
  if (asked.deprecationWarning !== undefined) return [asked.deprecationWarning];
  const newer = versions.filter(v => v.served && !v.deprecated && compareVersions(v.name, version) > 0).map(v => v.name);
  const [best] = newer.sort((a, b) => compareVersions(b, a));
  return [`${group}/${version} ${names.kind} is deprecated${best ? `; use ${group}/${best} ${names.kind}` : ''}`];
}

export function deprecations({kind, info, request}: Walk): string[] {
  return definitionBehind(kind) ? ofCustom(kind, info.apiVersion) : ofBuiltin(kind, info.apiVersion, request.asOf?.minor);
}
