/**
 * The paths of a server of another year: the index below `/`, and what it said of a path that nobody answers.
 * upstream: staging/src/k8s.io/apiserver/pkg/server/routes/index.go, cmd/kube-apiserver/app/aggregator.go (v1.20)
 */
import {groups, type Kind} from '../../api/kinds.ts';
import * as status from '../../api/status.ts';

/** What `/version` says: of each release that there is a profile of, one that was. */
const VERSIONS: Readonly<Record<number, readonly [gitVersion: string, gitCommit: string, buildDate: string, goVersion: string]>> = {
  9: ['v1.9.11', '1bfeeb6f212135a22dc787b73e1980e5bccef13d', '2018-09-28T21:35:22Z', 'go1.9.3'],
  18: ['v1.18.20', '1f3e19b7beb1cc0110255668c4238ed63dadb7ad', '2021-06-16T12:51:17Z', 'go1.13.15'],
  20: ['v1.20.2', 'faecb196815e248d3ecfb03c680a4507229c2a56', '2021-01-13T13:20:00Z', 'go1.15.5'],
};

/** The version of a server of that minor release. */
export function versionAsOf(minor: number): Readonly<Record<string, string>> {
  const [gitVersion, gitCommit, buildDate, goVersion] = VERSIONS[minor] ?? [`v1.${minor}.0`, '', '', ''];
  return {
    ...{major: '1', minor: String(minor), gitVersion, gitCommit, gitTreeState: 'clean', buildDate},
    ...{goVersion, compiler: 'gc', platform: 'linux/amd64'},
  };
}

/** Something served from a minor release on, until another. */
interface Since {
  readonly name: string;
  readonly from?: number;
  readonly until?: number;
}

const there =
  (minor: number) =>
  ({from = 0, until = Number.POSITIVE_INFINITY}: Since): boolean =>
    minor >= from && minor < until;

interface Check extends Since {
  /** Also of the server of custom resources, the last of the three that a request was handed on to. */
  readonly last?: true;
}

const check = (name: string, since: Omit<Check, 'name'> = {}): Check => ({name, ...since});
const hook = (name: string, since: Omit<Check, 'name'> = {}): Check => check(`poststarthook/${name}`, since);
const LAST = {last: true} as const;

/** In the order in which they were asked. */
const CHECKS: readonly Check[] = [
  hook('start-kube-apiserver-admission-initializer', {from: 10}),
  hook('generic-apiserver-start-informers', LAST),
  hook('priority-and-fairness-config-consumer', {from: 20, ...LAST}),
  hook('priority-and-fairness-filter', {from: 20, ...LAST}),
  hook('start-apiextensions-informers', LAST),
  hook('start-apiextensions-controllers', LAST),
  hook('crd-informer-synced', {from: 16, ...LAST}),
  hook('bootstrap-controller'),
  hook('rbac/bootstrap-roles'),
  hook('scheduling/bootstrap-system-priority-classes', {from: 11}),
  hook('priority-and-fairness-config-producer', {from: 20}),
  hook('start-cluster-authentication-info-controller', {from: 18}),
  hook('start-kube-aggregator-informers'),
  hook('apiservice-registration-controller'),
  hook('apiservice-status-available-controller'),
  hook('kube-apiserver-autoregistration'),
  check('autoregister-completion'),
  hook('apiservice-openapi-controller', {from: 10}),
];

const ROOTS: readonly (Since & {readonly before: readonly Check[]; readonly behind?: readonly Check[]})[] = [
  {name: 'healthz', before: ['ping', 'log', 'etcd'].map(name => check(name, LAST))},
  {name: 'livez', from: 16, before: ['ping', 'log', 'etcd'].map(name => check(name, LAST))},
  {
    name: 'readyz',
    from: 16,
    before: [...['ping', 'log', 'etcd'].map(name => check(name, LAST)), check('informer-sync', {from: 18, ...LAST})],
    behind: [check('shutdown', LAST)],
  },
];

/** The checks below /healthz, /livez and /readyz in a minor release, as far as there were these. */
export const healthAsOf = (minor: number): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(ROOTS.filter(there(minor)).map(root => [root.name, checksOf(minor, root).map(({name}) => name)]));

const checksOf = (minor: number, {before, behind = []}: (typeof ROOTS)[number]): Check[] =>
  [...before, ...CHECKS, ...behind].filter(there(minor));

const OTHERS: readonly Since[] = [
  {name: '/.well-known/openid-configuration', from: 20},
  {name: '/logs', until: 22},
  {name: '/metrics'},
  {name: '/openapi/v2', from: 10},
  {name: '/openid/v1/jwks', from: 20},
  {name: '/version'},
];

/** Versions of the API that had kinds of which nothing is left here. */
const UNTOLD: readonly (Since & {readonly group: string})[] = [
  {group: 'apiextensions.k8s.io', name: 'v1beta1', from: 7, until: 22},
  {group: 'autoscaling', name: 'v2beta1', from: 8, until: 25},
  {group: 'certificates.k8s.io', name: 'v1beta1', from: 4, until: 22},
  {group: 'discovery.k8s.io', name: 'v1beta1', from: 17, until: 25},
  {group: 'flowcontrol.apiserver.k8s.io', name: 'v1beta1', from: 20, until: 26},
  {group: 'storage.k8s.io', name: 'v1beta1', from: 4, until: 27},
];

const healthPaths = (minor: number, only: (check: Check) => boolean = () => true): string[] =>
  ROOTS.filter(there(minor)).flatMap(root => [
    `/${root.name}`,
    ...checksOf(minor, root)
      .filter(only)
      .map(({name}) => `/${root.name}/${name}`),
  ]);

/** The index below `/` in a minor release that served these kinds. */
export function indexAsOf(minor: number, kinds: readonly Kind[]): string[] {
  const told = groups(kinds).flatMap(({group, versions}) => versions.map(version => ({group, name: version})));
  const versions = [...told, ...UNTOLD.filter(there(minor))].flatMap(({group, name}) =>
    group ? [`/apis/${group}`, `/apis/${group}/${name}`] : [`/api/${name}`],
  );
  const others = OTHERS.filter(there(minor)).map(({name}) => name);
  return [...new Set(['/api', '/apis', '/apis/', ...versions, ...others, ...healthPaths(minor)])].sort();
}

/**
 * What nobody answered was answered by the server of custom resources, with the index of its own paths, until 1.23; undefined: by nobody. Throws ApiError 404 below the
 * groups, which answer for all that is below them. upstream: staging/src/k8s.io/apiserver/pkg/server/handler.go director, apiextensions customresource_handler.go
 */
export function unansweredAsOf(minor: number, path: string, kinds: readonly Kind[]): string[] | undefined {
  const [, root, group = ''] = path.split('/');
  if (root === 'api' || (root === 'apis' && kinds.some(kind => kind.group === group))) throw status.resourceNotServed();
  if (minor >= 23 || root === 'apis') return undefined;
  const versions = UNTOLD.filter(row => row.group === 'apiextensions.k8s.io').filter(there(minor));
  const extensions = '/apis/apiextensions.k8s.io';
  return [
    '/apis',
    '/apis/',
    extensions,
    ...(minor >= 16 ? [`${extensions}/v1`] : []),
    ...versions.map(({name}) => `${extensions}/${name}`),
    ...OTHERS.filter(there(minor))
      .map(({name}) => name)
      .filter(name => ['/metrics', '/openapi/v2', '/version'].includes(name)),
    ...healthPaths(minor, ({last}) => last === true),
  ].sort();
}
