/** What a kubectl in another terminal was called with, as far as one of its requests tells: it names its command, the request names the rest. */
import type {ApiRequest} from '../../engine/apiserver/request.ts';
import {type Query, requestInfo} from '../../engine/apiserver/request-info.ts';

interface Asked {
  readonly resource: string;
  readonly name: string;
  readonly body: unknown;
  readonly query: Query;
}

/** What stands at a place of a body that may be anything. */
const at = (body: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (part, key) => (typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[key] : undefined),
    body,
  );

const listAt = (body: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(body, ...path);
  return Array.isArray(found) ? found : [];
};

/** A flag with its value, where there is one. */
const flag = (name: string, value: unknown): string[] =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? [`--${name}=${value}`] : [];

/** Commands whose object is a name alone. */
const BARE: Readonly<Record<string, string>> = {
  run: 'pods',
  exec: 'pods',
  attach: 'pods',
  logs: 'pods',
  'port-forward': 'pods',
  cordon: 'nodes',
  uncordon: 'nodes',
  drain: 'nodes',
};

/** `a=b`; `a-` where it is taken away. */
const pairs = (map: unknown): string[] =>
  Object.entries(typeof map === 'object' && map !== null ? map : {}).map(([key, value]) =>
    value === null ? `${key}-` : `${key}=${value}`,
  );

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

const images = (body: unknown): readonly unknown[] => [
  ...listAt(body, 'spec', 'template', 'spec', 'containers'),
  ...listAt(body, 'spec', 'containers'),
];

/** What stands behind the object, by command. */
const FLAGS: Readonly<Record<string, (asked: Asked) => readonly string[]>> = {
  run({body}) {
    const policy = at(body, 'spec', 'restartPolicy');
    return [...flag('image', at(body, 'spec', 'containers', 0, 'image')), ...(policy === 'Always' ? [] : flag('restart', policy))];
  },
  'create deployment': ({body}) => [
    ...images(body).flatMap(each => flag('image', at(each, 'image'))),
    ...(at(body, 'spec', 'replicas') === 1 ? [] : flag('replicas', at(body, 'spec', 'replicas'))),
  ],
  scale: ({body}) => flag('replicas', at(body, 'spec', 'replicas')),
  'set image': ({body}) => images(body).map(each => `${at(each, 'name')}=${at(each, 'image')}`),
  label: ({body}) => pairs(at(body, 'metadata', 'labels')),
  annotate: ({body}) => pairs(at(body, 'metadata', 'annotations')),
  'auth can-i'({body}) {
    const [verb, resource, name] = ['verb', 'resource', 'name'].map(field => at(body, 'spec', 'resourceAttributes', field));
    return verb && resource ? [String(verb), name ? `${resource}/${name}` : String(resource)] : [];
  },
};

/** The words behind `--`, which are the container's. */
const OWN: Readonly<Record<string, (asked: Asked) => readonly unknown[]>> = {
  run: ({body}) => [...listAt(body, 'spec', 'containers', 0, 'command'), ...listAt(body, 'spec', 'containers', 0, 'args')],
  exec: ({query: {command = []}}) => [command].flat(),
};

/** Kinds that are no object of a command: they carry a question. */
const QUESTIONS = /^(self)?subject(access)?(rules)?reviews$/;

function bodyOf({body}: ApiRequest): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function objectOf(command: string, {resource, name}: Asked): string {
  if (QUESTIONS.test(resource)) return '';
  const isBare = name !== '' && (BARE[command] === resource || command.startsWith('create '));
  return isBare ? name : [resource, name].filter(Boolean).join('/');
}

/** The command (`kubectl run`) with its words: `kubectl run web --image=nginx`. Of other clients' commands, and of questions about the API itself, no more is told. */
export function commandWords(command: string, request: ApiRequest): string {
  const info = requestInfo(request.method, request.path, request.query);
  const body = bodyOf(request);
  const named = at(body, 'metadata', 'name');
  const name = info.name || (request.method === 'POST' && typeof named === 'string' ? named : '');
  const verb = command.replace(/^kubectl /, '');
  const asked: Asked = {resource: info.resource, name, body, query: request.query ?? {}};
  const isElsewhere = !['', 'default'].includes(info.namespace) && info.resource !== 'namespaces';
  const own = Object.hasOwn(OWN, verb) ? OWN[verb]!(asked) : [];
  return [
    command,
    objectOf(verb, asked),
    ...(Object.hasOwn(FLAGS, verb) ? FLAGS[verb]!(asked) : []),
    isElsewhere && `-n ${info.namespace}`,
    ...(own.length > 0 ? ['--', ...own.map(word => quoted(String(word)))] : []),
  ]
    .filter(Boolean)
    .join(' ')
    .replace(/\p{Cc}+/gu, ' ');
}
