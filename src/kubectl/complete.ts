/** What may stand next on a kubectl line: commands, flags and their values, kinds, and the names that the server knows. upstream: kubectl/pkg/util/completion */

import {type Kind, resolve} from '../engine/api/kinds.ts';
import {byText} from '../engine/api/order.ts';
import type {KubeObject, Pod} from '../engine/api/types.ts';
import type {Command} from './command.ts';
import {commands} from './commands/commands.ts';
import {type Context, createContext} from './context.ts';
import {type Flag, type FlagTable, parseFlags} from './flags.ts';
import {matching} from './fuzzy.ts';
import {GLOBAL_FLAGS} from './global-flags.ts';
import {loadKubeconfig} from './kubeconfig.ts';
import {findCommand, flagsOf} from './kubectl.ts';
import type {Effects, KubectlEnv} from './types.ts';
import {containerNames} from './workload-pods.ts';

export interface Candidate {
  text: string;
  /** One line about it; may be ''. */
  about: string;
}

interface Place {
  context: Context;
  /** The unfinished word. */
  part: string;
  /** Arguments before it. */
  args: readonly string[];
}

const OUTPUTS = ['json', 'yaml', 'name', 'wide', 'go-template=', 'jsonpath=', 'custom-columns='];
const plain = (texts: readonly string[], about = ''): Candidate[] => texts.map(text => ({text, about}));

function* objectsOf({context}: Place, kind: Kind): Effects<KubeObject[]> {
  const namespace = kind.namespaced ? context.config.namespace : '';
  const list = yield* context.client.get<{items?: KubeObject[]}>({kind, namespace}, {query: {limit: '500'}});
  return list.items ?? [];
}

/** Names of a resource, less those that are on the line already. */
function* namesOf(place: Place, resource: string, prefix = ''): Effects<Candidate[]> {
  const kind = resolve(resource, yield* place.context.kinds());
  if (!kind) return [];
  const typed = new Set(place.args.slice(prefix ? 0 : 1));
  return (yield* objectsOf(place, kind))
    .map(object => `${prefix}${object.metadata.name}`)
    .filter(name => !typed.has(name))
    .map(text => ({text, about: kind.singular || kind.kind.toLowerCase()}));
}

function* kindNames({context, part}: Place): Effects<Candidate[]> {
  const before = part.slice(0, part.lastIndexOf(',') + 1);
  return (yield* context.kinds())
    .filter(kind => kind.verbs.includes('list'))
    .map(kind => ({text: before + kind.resource, about: kind.shortNames[0] ? `${kind.kind} (${kind.shortNames[0]})` : kind.kind}));
}

/** `TYPE/NAME` once a slash is there. */
function* afterSlash(place: Place): Effects<Candidate[] | undefined> {
  const slash = place.part.indexOf('/');
  return slash < 0 ? undefined : yield* namesOf(place, place.part.slice(0, slash), place.part.slice(0, slash + 1));
}

const CONTAINER_OWNERS = ['pods', 'deployments', 'statefulsets', 'daemonsets', 'jobs'];

/** What each sort of argument offers. */
const ARGUMENTS = {
  *resources(place) {
    const named = yield* afterSlash(place);
    if (named) return named;
    const [first] = place.args;
    if (first === undefined) return yield* kindNames(place);
    return first.includes('/') ? [] : yield* namesOf(place, first);
  },
  *pods(place) {
    const named = yield* afterSlash(place);
    if (named) return named;
    if (place.args.length > 0) return [];
    const owners = plain(
      CONTAINER_OWNERS.slice(1).map(resource => `${resolve(resource)?.singular ?? resource}/`),
      'one of its pods',
    );
    return [...(yield* namesOf({...place, args: []}, 'pods')), ...owners];
  },
  *'pod-names'(place) {
    return place.args.length > 0 ? [] : yield* namesOf({...place, args: []}, 'pods');
  },
  *nodes(place) {
    if (place.args[0] === undefined && 'node'.startsWith(place.part) && place.context.path.endsWith('taint'))
      return [{text: 'nodes', about: 'Node'}, ...(yield* namesOf(place, 'nodes'))];
    return yield* namesOf(place, 'nodes');
  },
  *contexts({context, args}) {
    if (args.length > 0) return [];
    return plain(
      (loadKubeconfig(context.env, context.flags).contexts ?? []).map(c => c.name),
      'context',
    );
  },
  *kinds(place) {
    return place.args.length === 0 ? yield* kindNames(place) : [];
  },
  *'namespaced-names'(place) {
    return yield* namesOf({...place, args: ['csr', ...place.args]}, 'certificatesigningrequests');
  },
} satisfies Record<NonNullable<Command['completes']>, (place: Place) => Effects<Candidate[]>>;

function* containers(place: Place): Effects<Candidate[]> {
  const [word = ''] = place.args;
  const pods = resolve('pods', yield* place.context.kinds());
  if (!pods) return [];
  const pod = (yield* objectsOf(place, pods)).find(p => p.metadata.name === word.replace(/^(pods?|po)\//, ''));
  return pod ? plain(containerNames(pod as Pod), 'container') : [];
}

function filesUnder({context: {env}, part}: Place): Candidate[] {
  const folder = part.slice(0, part.lastIndexOf('/') + 1);
  return plain(
    (env.files.list(folder.replace(/\/$/, '') || '.') ?? []).map(name => folder + name),
    'file',
  );
}

const entriesOf = (place: Place, what: 'clusters' | 'contexts' | 'users'): Candidate[] =>
  plain(
    (loadKubeconfig(place.context.env, place.context.flags)[what] ?? []).map(e => e.name),
    what.slice(0, -1),
  );

/** What the value of a flag may be. */
const VALUES: Readonly<Record<string, (place: Place) => Candidate[] | Effects<Candidate[]>>> = {
  namespace: place => namesOf({...place, args: []}, 'namespaces'),
  node: place => namesOf({...place, args: []}, 'nodes'),
  'make-win': place => namesOf({...place, args: []}, 'nodes'),
  config: filesUnder,
  output: () => plain(OUTPUTS, 'output format'),
  'dry-run': () => plain(['none', 'server', 'client']),
  cascade: () => plain(['background', 'orphan', 'foreground']),
  validate: () => plain(['strict', 'warn', 'ignore']),
  restart: () => plain(['Always', 'OnFailure', 'Never']),
  container: containers,
  filename: filesUnder,
  kubeconfig: filesUnder,
  cluster: place => entriesOf(place, 'clusters'),
  context: place => entriesOf(place, 'contexts'),
  user: place => entriesOf(place, 'users'),
};

function* valuesOf(place: Place, name: string): Effects<Candidate[]> {
  const values = VALUES[name]?.(place) ?? [];
  return Array.isArray(values) ? values : yield* values;
}

const needsValue = (flag: Flag | undefined): boolean => flag !== undefined && flag.type !== 'bool' && flag.bare === undefined;

const flagCalled = (table: FlagTable, word: string): string | undefined =>
  word.startsWith('--') ? word.slice(2) : Object.keys(table).find(name => table[name]!.short && word === `-${table[name]!.short}`);

const flagNames = (table: FlagTable, own: FlagTable): Candidate[] =>
  Object.entries(table)
    .filter(([, flag]) => !flag.hidden)
    .sort(([a], [b]) => Number(b in own) - Number(a in own) || byText(a, b))
    .map(([name, flag]) => ({text: needsValue(flag) ? `--${name}=` : `--${name}`, about: flag.usage}));

function* candidates(words: readonly string[], part: string, env: KubectlEnv): Effects<Candidate[]> {
  if (words.includes('--')) return [];
  const {command, path, rest} = findCommand(words);
  const own = command?.flags ?? {};
  const table: FlagTable = command ? flagsOf(command) : GLOBAL_FLAGS;
  const lenient = Object.fromEntries(Object.entries(table).map(([name, {required: _, ...flag}]) => [name, flag]));
  const placeOf = (before: readonly string[], unfinished: string): Place => {
    const {args, flags, dash} = parseFlags(lenient, before, command?.interspersed ?? true);
    return {context: createContext({env, path, args, flags, dash, argv: words, own}), part: unfinished, args};
  };

  // 1. The value of the flag just typed.
  const last = rest.at(-1) ?? '';
  const open = last.startsWith('-') && !last.includes('=') ? flagCalled(table, last) : undefined;
  if (open !== undefined && Object.hasOwn(table, open) && needsValue(table[open]))
    return yield* valuesOf(placeOf(rest.slice(0, -1), part), open);

  // 2. A flag, or what stands behind its `=`.
  const equals = part.indexOf('=');
  if (part.startsWith('--') && equals > 0) {
    const values = yield* valuesOf(placeOf(rest, part.slice(equals + 1)), part.slice(2, equals));
    return values.map(({text, about}) => ({text: part.slice(0, equals + 1) + text, about}));
  }
  if (part.startsWith('-')) return flagNames(table, own);

  // 3. A command, or one below it.
  const place = placeOf(rest, part);
  if (place.args.length === 0 && (!command || command.subcommands)) {
    const below = (command?.subcommands ?? commands).map(({name, short}) => ({text: name, about: short}));
    return command?.completes ? [...below, ...(yield* ARGUMENTS[command.completes](place))] : below;
  }

  // 4. What the command is about.
  return command?.completes ? yield* ARGUMENTS[command.completes](place) : [];
}

/**
 * Candidates for the unfinished word `part` behind these words (without `kubectl`), those that begin with it in the order in which they are offered, else those that hold its letters.
 * Nothing is thrown: where the server does not answer there are none.
 */
export function* complete(words: readonly string[], part: string, env: KubectlEnv): Effects<Candidate[]> {
  try {
    return matching(yield* candidates(words, part, env), part);
  } catch {
    return [];
  }
}
