/**
 * What names, labels, keys and ports may look like. Every check returns the messages of what is wrong, [] when nothing is.
 * upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go, pkg/api/validation/path, pkg/api/validation/generic.go
 */

const DNS1123_LABEL_MAX = 63;
const DNS1123_SUBDOMAIN_MAX = 253;
const LABEL_VALUE_MAX = 63;
const PORT_NAME_MAX = 15;

const DNS1123_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS1123_SUBDOMAIN = `${DNS1123_LABEL}(\\.${DNS1123_LABEL})*`;
const DNS1035_LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?';
const WILDCARD_SUBDOMAIN = `\\*\\.${DNS1123_SUBDOMAIN}`;
const QUALIFIED_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED_NAME})?`;
const C_IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';
const CONFIG_MAP_KEY = '[-._a-zA-Z0-9]+';
const ENV_VAR_NAME = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const HTTP_HEADER = '[-A-Za-z0-9]+';
const PERCENT = '[0-9]+%';

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const DNS1123_LABEL_RE = whole(DNS1123_LABEL);
const DNS1123_SUBDOMAIN_RE = whole(DNS1123_SUBDOMAIN);
const DNS1035_LABEL_RE = whole(DNS1035_LABEL);
const WILDCARD_SUBDOMAIN_RE = whole(WILDCARD_SUBDOMAIN);
const QUALIFIED_NAME_RE = whole(QUALIFIED_NAME);
const LABEL_VALUE_RE = whole(LABEL_VALUE);
const C_IDENTIFIER_RE = whole(C_IDENTIFIER);
const CONFIG_MAP_KEY_RE = whole(CONFIG_MAP_KEY);
const ENV_VAR_NAME_RE = whole(ENV_VAR_NAME);
const HTTP_HEADER_RE = whole(HTTP_HEADER);
const PERCENT_RE = whole(PERCENT);

const DNS1123_LABEL_ERROR =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const DNS1123_SUBDOMAIN_ERROR =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const DNS1035_LABEL_ERROR =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const WILDCARD_ERROR =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
const QUALIFIED_NAME_ERROR =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const LABEL_VALUE_ERROR =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const C_IDENTIFIER_ERROR =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";
const CONFIG_MAP_KEY_ERROR = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
const ENV_VAR_NAME_ERROR =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit";
const RELAXED_ENV_VAR_NAME_ERROR = "a valid environment variable name must consist only of printable ASCII characters other than '='";
const HTTP_HEADER_ERROR = "a valid HTTP header must consist of alphanumeric characters or '-'";
const PERCENT_ERROR = "a valid percent string must be a numeric string followed by an ending '%'";

/** `must be no more than 63 characters` */
const maxLenError = (length: number): string => `must be no more than ${length} characters`;

/** A message with its examples and pattern. upstream: RegexError */
function regexError(message: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`;
  const shown = examples.map((e, i) => (i === 0 ? `'${e}', ` : ` or '${e}', `)).join('');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

/** `must be between 1 and 65535, inclusive` */
export const inclusiveRangeError = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;

/** Length in bytes of UTF-8, which is what Go's len counts. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code >= 0xd800 && code <= 0xdbff ? 4 : code >= 0xdc00 && code <= 0xdfff ? 0 : 3;
  }
  return bytes;
}

const bounded = (text: string, max: number, pattern: RegExp, error: () => string): string[] => {
  const messages: string[] = [];
  if (byteLength(text) > max) messages.push(maxLenError(max));
  if (!pattern.test(text)) messages.push(error());
  return messages;
};

/** What is wrong with a text as a label of RFC 1123 (`web-1`); empty: nothing, here and below. */
export function isDNS1123Label(text: string): string[] {
  if (byteLength(text) > DNS1123_LABEL_MAX)
    return [maxLenError(DNS1123_LABEL_MAX), ...(DNS1123_LABEL_RE.test(text) ? [] : [dns1123LabelComplaint(text)])];
  return DNS1123_LABEL_RE.test(text) ? [] : [dns1123LabelComplaint(text)];
}

/** A subdomain in a label's place is told apart from plain nonsense. */
const dns1123LabelComplaint = (text: string): string =>
  DNS1123_SUBDOMAIN_RE.test(text) ? 'must not contain dots' : regexError(DNS1123_LABEL_ERROR, DNS1123_LABEL, 'my-name', '123-abc');

/** As a subdomain of RFC 1123 (`a.example.com`). */
export const isDNS1123Subdomain = (text: string): string[] =>
  bounded(text, DNS1123_SUBDOMAIN_MAX, DNS1123_SUBDOMAIN_RE, () => regexError(DNS1123_SUBDOMAIN_ERROR, DNS1123_SUBDOMAIN, 'example.com'));

/** As a label of RFC 1035, which begins with a letter. */
export const isDNS1035Label = (text: string): string[] =>
  bounded(text, DNS1123_LABEL_MAX, DNS1035_LABEL_RE, () => regexError(DNS1035_LABEL_ERROR, DNS1035_LABEL, 'my-name', 'abc-123'));

/** As a subdomain whose first label is `*`. */
export const isWildcardDNS1123Subdomain = (text: string): string[] =>
  bounded(text, DNS1123_SUBDOMAIN_MAX, WILDCARD_SUBDOMAIN_RE, () => regexError(WILDCARD_ERROR, WILDCARD_SUBDOMAIN, '*.example.com'));

/** As a name of at least three labels (`signer.example.com`). */
export function isFullyQualifiedName(text: string): string[] {
  if (text === '') return ['name must not be empty'];
  const messages = isDNS1123Subdomain(text);
  if (messages.length > 0) return messages;
  return text.split('.').length < 3 ? ['should be a domain with at least three segments separated by dots'] : [];
}

/** Labels must be at most 63 characters each; one trailing dot is allowed. */
export function isFullyQualifiedDomainName(text: string): string[] {
  if (text === '') return ['name must not be empty'];
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const messages = isDNS1123Subdomain(name);
  if (messages.length > 0) return messages;
  if (name.split('.').length < 2) return ['should be a domain with at least two segments separated by dots'];
  return name.split('.').flatMap(label => isDNS1123Label(label));
}

/** A label's or annotation's key: `name` or `prefix/name`. */
export function isQualifiedName(text: string): string[] {
  const messages: string[] = [];
  const parts = text.split('/');
  let name = text;
  if (parts.length === 2) {
    const prefix = parts[0]!;
    name = parts[1]!;
    if (prefix === '') messages.push('prefix part must be non-empty');
    else messages.push(...isDNS1123Subdomain(prefix).map(m => `prefix part ${m}`));
  } else if (parts.length > 2) {
    const form = regexError(QUALIFIED_NAME_ERROR, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc');
    return [`a qualified name ${form} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  if (name === '') messages.push('name part must be non-empty');
  else if (byteLength(name) > LABEL_VALUE_MAX) messages.push(`name part ${maxLenError(LABEL_VALUE_MAX)}`);
  if (!QUALIFIED_NAME_RE.test(name))
    messages.push(`name part ${regexError(QUALIFIED_NAME_ERROR, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc')}`);
  return messages;
}

/** `example.com/path`: a domain, a slash, and a path of pchar. */
const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

/** What is wrong with a domain-prefixed path, each with the part that it is wrong with. */
export function domainPrefixedPathProblems(text: string): {part: string; message: string}[] {
  const slash = text.indexOf('/');
  const [host, path] = slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)];
  if (host === '' || path === '') return [{part: text, message: 'must be a domain-prefixed path (such as "acme.io/foo")'}];
  const problems = isDNS1123Subdomain(host).map(message => ({part: host, message}));
  if (!whole(HTTP_PATH).test(path)) problems.push({part: path, message: `Invalid path (regex used for validation is '${HTTP_PATH}')`});
  return problems;
}

/** As `example.com/path`. */
export const isDomainPrefixedPath = (text: string): string[] =>
  text === '' ? ['must be non-empty'] : domainPrefixedPathProblems(text).map(({message}) => message);

/** As the value of a label. */
export const isValidLabelValue = (text: string): string[] =>
  bounded(text, LABEL_VALUE_MAX, LABEL_VALUE_RE, () => regexError(LABEL_VALUE_ERROR, LABEL_VALUE, 'MyValue', 'my_value', '12345'));

export const isCIdentifier = (text: string): string[] =>
  C_IDENTIFIER_RE.test(text) ? [] : [regexError(C_IDENTIFIER_ERROR, C_IDENTIFIER, 'my_name', 'MY_NAME', 'MyName')];

/** What is wrong with the number of a port. */
export const isValidPortNum = (port: number): string[] => (port >= 1 && port <= 65535 ? [] : [inclusiveRangeError(1, 65535)]);

/** An IANA service name, as ports are called. */
export function isValidPortName(text: string): string[] {
  const messages: string[] = [];
  if (byteLength(text) > PORT_NAME_MAX) messages.push(maxLenError(PORT_NAME_MAX));
  if (!/^[-a-z0-9]+$/.test(text)) messages.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) messages.push('must contain at least one letter (a-z)');
  if (text.includes('--')) messages.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) messages.push('must not begin or end with a hyphen');
  return messages;
}

const dotComplaint = (text: string): string | undefined => {
  if (text === '.') return "must not be '.'";
  if (text === '..') return "must not be '..'";
  return text.startsWith('..') ? "must not start with '..'" : undefined;
};

/** A key of a ConfigMap or Secret: becomes a file name. */
export function isConfigMapKey(text: string): string[] {
  const messages = bounded(text, DNS1123_SUBDOMAIN_MAX, CONFIG_MAP_KEY_RE, () =>
    regexError(CONFIG_MAP_KEY_ERROR, CONFIG_MAP_KEY, 'key.name', 'KEY_NAME', 'key-name'),
  );
  const dots = dotComplaint(text);
  return dots ? [...messages, dots] : messages;
}

/** As the name of an environment variable, by the strict rules. */
export function isEnvVarName(text: string): string[] {
  const messages = ENV_VAR_NAME_RE.test(text)
    ? []
    : [regexError(ENV_VAR_NAME_ERROR, ENV_VAR_NAME, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1')];
  const dots = dotComplaint(text);
  return dots ? [...messages, dots] : messages;
}

/** Any printable ASCII but `=`; what pods may use since v1.34. */
export function isRelaxedEnvVarName(text: string): string[] {
  if (text === '') return ['environment variable name must be non-empty'];
  return /^[\x20-\x3c\x3e-\x7e]*$/.test(text) ? [] : [RELAXED_ENV_VAR_NAME_ERROR];
}

/** As the name of an HTTP header. */
export const isHTTPHeaderName = (text: string): string[] =>
  HTTP_HEADER_RE.test(text) ? [] : [regexError(HTTP_HEADER_ERROR, HTTP_HEADER, 'X-Header-Name')];

/** As a percentage (`25%`). */
export const isValidPercent = (text: string): string[] => (PERCENT_RE.test(text) ? [] : [regexError(PERCENT_ERROR, PERCENT, '1%', '93%')]);

/** Names of RBAC objects: whatever can stand in a path. */
export function isValidPathSegmentName(text: string): string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return isValidPathSegmentPrefix(text);
}

/** What generateName may be where names are path segments. */
export const isValidPathSegmentPrefix = (text: string): string[] =>
  ['/', '%'].filter(c => text.includes(c)).map(c => `may not contain '${c}'`);

export type NameCheck = (name: string, prefix: boolean) => string[];

/** A prefix may end in a dash: the suffix follows. */
const maskTrailingDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);

const checkOf =
  (check: (text: string) => string[]): NameCheck =>
  (name, prefix) =>
    check(prefix ? maskTrailingDash(name) : name);

export const nameIsDNSSubdomain: NameCheck = checkOf(isDNS1123Subdomain);
export const nameIsDNSLabel: NameCheck = checkOf(isDNS1123Label);
export const nameIsDNS1035Label: NameCheck = checkOf(isDNS1035Label);
/** Names that need only be one segment of a path. */
export const nameIsPathSegment: NameCheck = (name, prefix) => (prefix ? isValidPathSegmentPrefix(name) : isValidPathSegmentName(name));

/** Letters and digits of generated suffixes: no vowels, nothing that looks like another. upstream: util/rand */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
/** What is left of a prefix so that the whole stays a label. upstream: apiserver/pkg/storage/names/generate.go */
export const MAX_GENERATED_PREFIX = 63 - SUFFIX_LENGTH;

/** Five characters of the alphabet; `random` is uniform in [0, 1). */
export const randomSuffix = (random: () => number): string =>
  Array.from({length: SUFFIX_LENGTH}, () => SUFFIX_ALPHABET[Math.floor(random() * SUFFIX_ALPHABET.length)]!).join('');

/** upstream: util/rand SafeEncodeString, used for pod-template-hash. */
export const safeEncode = (text: string): string => [...text].map(c => SUFFIX_ALPHABET[c.charCodeAt(0) % SUFFIX_ALPHABET.length]!).join('');
