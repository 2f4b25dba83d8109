/** The functions and operators that expressions may call. upstream: cel-go common/stdlib and ext/{strings,sets}.go, apiserver/pkg/cel/library */
import {type CelType, readType, splitTypes} from './types.ts';

/** One way to call a function. */
export interface Overload {
  readonly member: boolean;
  /** Of a member, the first is what it is called on. */
  readonly params: readonly CelType[];
  readonly result: CelType;
}

const ORDERED = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'];
const NUMBERS = ['int', 'uint', 'double'];

const among = (types: readonly string[], signature: (type: string) => string): string[] => types.map(signature);
const compares = ORDERED.map(type => `(${type}, ${type}): bool`).concat(
  NUMBERS.flatMap(a => NUMBERS.filter(b => a !== b).map(b => `(${a}, ${b}): bool`)),
);
const ofTime = ['timestamp.(): int', 'timestamp.(string): int'];
const ofTimeOrDuration = [...ofTime, 'duration.(): int'];
const isAddress = ['IP.(): bool'];

/** Name -> the ways to call it: `(params): result`, with what a member is called on before the point. */
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  '_?_:_': ['(bool, A, A): A'],
  '_&&_': ['(bool, bool): bool'],
  '_||_': ['(bool, bool): bool'],
  '!_': ['(bool): bool'],
  '-_': ['(int): int', '(double): double'],
  '_==_': ['(A, A): bool'],
  '_!=_': ['(A, A): bool'],
  '_<_': compares,
  '_<=_': compares,
  '_>_': compares,
  '_>=_': compares,
  '_+_': [
    ...among([...NUMBERS, 'string', 'bytes', 'list(A)', 'duration'], type => `(${type}, ${type}): ${type}`),
    '(timestamp, duration): timestamp',
    '(duration, timestamp): timestamp',
  ],
  '_-_': [
    ...among([...NUMBERS, 'duration'], type => `(${type}, ${type}): ${type}`),
    '(timestamp, timestamp): duration',
    '(timestamp, duration): timestamp',
  ],
  '_*_': among(NUMBERS, type => `(${type}, ${type}): ${type}`),
  '_/_': among(NUMBERS, type => `(${type}, ${type}): ${type}`),
  '_%_': among(['int', 'uint'], type => `(${type}, ${type}): ${type}`),
  '@in': ['(A, list(A)): bool', '(A, map(A, B)): bool'],
  '_[_]': ['(list(A), int): A', '(map(A, B), A): B', '(optional(list(A)), int): optional(A)', '(optional(map(A, B)), A): optional(B)'],
  '_[?_]': [
    '(list(A), int): optional(A)',
    '(optional(list(A)), int): optional(A)',
    '(map(A, B), A): optional(B)',
    '(optional(map(A, B)), A): optional(B)',
  ],

  'cel.@mapInsert': ['(map(A, B), map(A, B)): map(A, B)'],

  size: ['string', 'bytes', 'list(A)', 'map(A, B)'].flatMap(type => [`(${type}): int`, `${type}.(): int`]),
  type: ['(A): type(A)'],
  dyn: ['(A): dyn'],
  bool: ['(bool): bool', '(string): bool'],
  bytes: ['(bytes): bytes', '(string): bytes'],
  double: ['(double): double', '(int): double', '(uint): double', '(string): double'],
  duration: ['(duration): duration', '(int): duration', '(string): duration'],
  int: among(['int', 'double', 'duration', 'string', 'timestamp', 'uint'], type => `(${type}): int`),
  string: among([...ORDERED, 'IP', 'CIDR'], type => `(${type}): string`),
  timestamp: ['(timestamp): timestamp', '(int): timestamp', '(string): timestamp'],
  uint: ['(uint): uint', '(double): uint', '(int): uint', '(string): uint'],

  contains: ['string.(string): bool'],
  endsWith: ['string.(string): bool'],
  startsWith: ['string.(string): bool'],
  matches: ['(string, string): bool', 'string.(string): bool'],
  getFullYear: ofTime,
  getMonth: ofTime,
  getDayOfYear: ofTime,
  getDayOfMonth: ofTime,
  getDate: ofTime,
  getDayOfWeek: ofTime,
  getHours: ofTimeOrDuration,
  getMinutes: ofTimeOrDuration,
  getSeconds: ofTimeOrDuration,
  getMilliseconds: ofTimeOrDuration,

  charAt: ['string.(int): string'],
  format: ['string.(list(dyn)): string'],
  indexOf: ['string.(string): int', 'string.(string, int): int', 'list(A).(A): int'],
  join: ['list(string).(): string', 'list(string).(string): string'],
  lastIndexOf: ['string.(string): int', 'string.(string, int): int', 'list(A).(A): int'],
  lowerAscii: ['string.(): string'],
  replace: ['string.(string, string): string', 'string.(string, string, int): string'],
  split: ['string.(string): list(string)', 'string.(string, int): list(string)'],
  substring: ['string.(int): string', 'string.(int, int): string'],
  trim: ['string.(): string'],
  upperAscii: ['string.(): string'],
  'strings.quote': ['(string): string'],

  isSorted: among(ORDERED, type => `list(${type}).(): bool`),
  max: among(ORDERED, type => `list(${type}).(): ${type}`),
  min: among(ORDERED, type => `list(${type}).(): ${type}`),
  sum: among([...NUMBERS, 'duration'], type => `list(${type}).(): ${type}`),
  'sets.contains': ['(list(A), list(A)): bool'],
  'sets.equivalent': ['(list(A), list(A)): bool'],
  'sets.intersects': ['(list(A), list(A)): bool'],
  find: ['string.(string): string'],
  findAll: ['string.(string): list(string)', 'string.(string, int): list(string)'],

  'optional.none': ['(): optional(A)'],
  'optional.of': ['(A): optional(A)'],
  'optional.ofNonZeroValue': ['(A): optional(A)'],
  hasValue: ['optional(A).(): bool'],
  value: ['optional(A).(): A', 'kubernetes.NamedFormat.(): string'],
  'optional.unwrap': ['(list(optional(A))): list(A)'],
  unwrapOpt: ['list(optional(A)).(): list(A)'],
  first: ['list(A).(): optional(A)'],
  last: ['list(A).(): optional(A)'],
  or: ['optional(A).(optional(A)): optional(A)'],
  orValue: ['optional(A).(A): A'],

  url: ['(string): kubernetes.URL'],
  isURL: ['(string): bool'],
  ...Object.fromEntries(
    ['getScheme', 'getHost', 'getHostname', 'getPort', 'getEscapedPath'].map(name => [name, ['kubernetes.URL.(): string']]),
  ),
  getQuery: ['kubernetes.URL.(): map(string, list(string))'],

  quantity: ['(string): kubernetes.Quantity'],
  isQuantity: ['(string): bool'],
  sign: ['kubernetes.Quantity.(): int'],
  asInteger: ['kubernetes.Quantity.(): int'],
  isInteger: ['kubernetes.Quantity.(): bool'],
  asApproximateFloat: ['kubernetes.Quantity.(): double'],
  add: ['kubernetes.Quantity.(kubernetes.Quantity): kubernetes.Quantity', 'kubernetes.Quantity.(int): kubernetes.Quantity'],
  sub: ['kubernetes.Quantity.(kubernetes.Quantity): kubernetes.Quantity', 'kubernetes.Quantity.(int): kubernetes.Quantity'],
  isLessThan: ['kubernetes.Quantity.(kubernetes.Quantity): bool', 'kubernetes.Semver.(kubernetes.Semver): bool'],
  isGreaterThan: ['kubernetes.Quantity.(kubernetes.Quantity): bool', 'kubernetes.Semver.(kubernetes.Semver): bool'],
  compareTo: ['kubernetes.Quantity.(kubernetes.Quantity): int', 'kubernetes.Semver.(kubernetes.Semver): int'],
  semver: ['(string): kubernetes.Semver', '(string, bool): kubernetes.Semver'],
  isSemver: ['(string): bool', '(string, bool): bool'],
  major: ['kubernetes.Semver.(): int'],
  minor: ['kubernetes.Semver.(): int'],
  patch: ['kubernetes.Semver.(): int'],

  ip: ['(string): IP', 'CIDR.(): IP'],
  isIP: ['(string): bool'],
  'ip.isCanonical': ['(string): bool'],
  family: ['IP.(): int'],
  isUnspecified: isAddress,
  isLoopback: isAddress,
  isLinkLocalMulticast: isAddress,
  isLinkLocalUnicast: isAddress,
  isGlobalUnicast: isAddress,
  cidr: ['(string): CIDR'],
  isCIDR: ['(string): bool'],
  containsIP: ['CIDR.(string): bool', 'CIDR.(IP): bool'],
  containsCIDR: ['CIDR.(string): bool', 'CIDR.(CIDR): bool'],
  masked: ['CIDR.(): CIDR'],
  prefixLength: ['CIDR.(): int'],

  'format.named': ['(string): optional(kubernetes.NamedFormat)'],
  ...Object.fromEntries(
    [
      ...['dns1123Label', 'dns1123Subdomain', 'dns1035Label', 'qualifiedName', 'dns1123LabelPrefix', 'dns1123SubdomainPrefix'],
      ...['dns1035LabelPrefix', 'labelValue', 'uri', 'uuid', 'byte', 'date', 'datetime'],
    ].map(name => [`format.${name}`, ['(): kubernetes.NamedFormat']]),
  ),
  validate: ['kubernetes.NamedFormat.(string): optional(list(string))'],

  image: ['(string): kubernetes.Image'],
  isImage: ['(string): bool'],
  containsDigest: ['kubernetes.Image.(): bool'],
  ...Object.fromEntries(['registry', 'repository', 'identifier', 'tag', 'digest'].map(name => [name, ['kubernetes.Image.(): string']])),

  'jsonpatch.escapeKey': ['(string): string'],

  path: ['Authorizer.(string): PathCheck'],
  serviceAccount: ['Authorizer.(string, string): Authorizer'],
  group: ['Authorizer.(string): GroupCheck'],
  resource: ['GroupCheck.(string): ResourceCheck'],
  ...Object.fromEntries(
    ['subresource', 'namespace', 'name', 'fieldSelector', 'labelSelector'].map(name => [name, ['ResourceCheck.(string): ResourceCheck']]),
  ),
  check: ['PathCheck.(string): Decision', 'ResourceCheck.(string): Decision'],
  allowed: ['Decision.(): bool'],
  errored: ['Decision.(): bool'],
  error: ['Decision.(): string'],
  reason: ['Decision.(): string'],
};

/** Short names in the table -> their own. */
const LONG: Readonly<Record<string, string>> = {
  IP: 'net.IP',
  CIDR: 'net.CIDR',
  ...Object.fromEntries(
    ['Authorizer', 'PathCheck', 'GroupCheck', 'ResourceCheck', 'Decision'].map(name => [name, `kubernetes.authorization.${name}`]),
  ),
};
const typeNamed = (text: string): CelType => readType(LONG[text] ?? text);

const known = new Map<string, readonly Overload[]>();

/** The ways to call a function; undefined: nobody declared it. */
export function overloadsOf(name: string): readonly Overload[] | undefined {
  const signatures = Object.hasOwn(SIGNATURES, name) ? SIGNATURES[name] : undefined;
  if (!signatures) return undefined;
  let overloads = known.get(name);
  if (!overloads) known.set(name, (overloads = signatures.map(readSignature)));
  return overloads;
}

function readSignature(signature: string): Overload {
  const end = signature.lastIndexOf('): ');
  const member = /^(\S.*)\.\(/.exec(signature)?.[1];
  const start = member === undefined ? 1 : member.length + 2;
  const params = splitTypes(signature.slice(start, end));
  return {
    member: member !== undefined,
    params: [...(member === undefined ? [] : [member]), ...params].map(typeNamed),
    result: typeNamed(signature.slice(end + 3)),
  };
}

export const AUTHORIZER = typeNamed('Authorizer');
export const RESOURCE_CHECK = typeNamed('ResourceCheck');
