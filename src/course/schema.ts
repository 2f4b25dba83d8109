/**
 * Reading a lesson file: YAML with places, then every field against its shape. All faults are found, each with line and column.
 */
import {isMap, isScalar, isSeq, LineCounter, type Node, parseDocument} from 'yaml';
import {CHECKS} from './checks.ts';
import type {Check, Lesson, LessonStep, Match, Mistake, Myth, Objective, Prediction, Query, World} from './types.ts';

export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** One sentence: what is wrong, and what would be right. */
  readonly message: string;
}

export const faultText = (f: Fault): string => `${f.file}:${f.line}:${f.column}: ${f.message}`;

export const MAX_WORDS = {say: 60, body: 260, hints: [15, 30, 50], debrief: 150} as const;
export const RECORD_KINDS = ['object', 'request', 'event', 'trace', 'decision', 'commit', 'failure', 'command'] as const;
export const PANELS = [
  'pipeline',
  'request',
  'store',
  'controllers',
  'scheduler',
  'kubelet',
  'containers',
  'network',
  'events',
  'why',
] as const;

const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;

type Reader<T> = (node: Node | null | undefined, path: string) => T;

/** Parses one lesson file. Returns the lesson, or what is wrong with it. `variant` picks among the values that vary. */
export function parseLesson(
  text: string,
  file: string,
  variant: Readonly<Record<string, string>> = {},
): {lesson?: Lesson; faults: Fault[]} {
  const faults: Fault[] = [];
  const counter = new LineCounter();
  const varied = text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => variant[name] ?? whole);
  const document = parseDocument(varied, {lineCounter: counter, prettyErrors: false});
  const fault = (node: Node | null | undefined, message: string): void => {
    const offset = node?.range?.[0] ?? 0;
    const {line, col} = counter.linePos(offset);
    faults.push({file, line, column: col, message});
  };
  for (const error of document.errors) {
    const {line, col} = counter.linePos(error.pos[0]);
    faults.push({file, line, column: col, message: error.message});
  }
  if (faults.length) return {faults};

  const say = (path: string): string => (path ? `${path}` : 'the lesson');
  const string: Reader<string> = (node, path) => {
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    fault(node, `${say(path)} must be a text`);
    return '';
  };
  const number: Reader<number> = (node, path) => {
    if (isScalar(node) && typeof node.value === 'number') return node.value;
    fault(node, `${say(path)} must be a number`);
    return 0;
  };
  const json: Reader<unknown> = node => node?.toJSON();
  const list =
    <T>(item: Reader<T>): Reader<T[]> =>
    (node, path) => {
      if (isSeq(node)) return node.items.map((n, i) => item(n as Node, `${path}[${i}]`));
      fault(node, `${say(path)} must be a list`);
      return [];
    };
  const record =
    <T>(item: Reader<T>): Reader<Record<string, T>> =>
    (node, path) => {
      if (isMap(node)) return Object.fromEntries(node.items.map(p => [String(p.key), item(p.value as Node, `${path}.${p.key}`)]));
      fault(node, `${say(path)} must be a map`);
      return {};
    };
  type Fields<T> = {[K in keyof T]-?: [Reader<T[K]>, T[K]?] | [Reader<T[K]>]};
  /** Fields with a default may be left out; any other field is a fault. */
  const object =
    <T extends object>(fields: Fields<T>): Reader<T> =>
    (node, path) => {
      const result = {} as Record<string, unknown>;
      if (!isMap(node)) {
        fault(node, `${say(path)} must be a map`);
        for (const [name, [, otherwise]] of Object.entries(fields) as [string, [Reader<unknown>, unknown?]][]) result[name] = otherwise;
        return result as T;
      }
      const known = Object.keys(fields);
      for (const pair of node.items) {
        const name = String(pair.key);
        if (!known.includes(name)) fault(pair.key as Node, `${say(path)} has no field ${name}; it may have ${known.join(', ')}`);
      }
      for (const [name, reader] of Object.entries(fields) as [string, [Reader<unknown>, unknown?]][]) {
        const value = node.get(name, true) as Node | undefined;
        const at = path ? `${path}.${name}` : name;
        if (value !== undefined) result[name] = reader[0](value, at);
        else if (reader.length > 1) result[name] = reader[1];
        else {
          fault(node, `${at} is missing`);
          result[name] = undefined;
        }
      }
      return result as T;
    };
  const oneOf =
    (values: readonly string[]): Reader<string> =>
    (node, path) => {
      const text = string(node, path);
      if (text && !values.includes(text)) fault(node, `${path} is ${text}; it can be ${values.join(', ')}`);
      return text;
    };
  const atMost =
    (limit: number, reader: Reader<string>): Reader<string> =>
    (node, path) => {
      const text = reader(node, path);
      if (words(text) > limit) fault(node, `${path} has ${words(text)} words; ${limit} are the limit`);
      return text;
    };

  const match: Reader<Match> = (node, path) => {
    const keys = isMap(node) ? node.items.map(p => String(p.key)) : [];
    if (keys.length !== 1 || !(RECORD_KINDS as readonly string[]).includes(keys[0]!)) {
      fault(node, `${path} must have one of ${RECORD_KINDS.join(', ')}`);
    }
    return json(node, path) as Match;
  };
  const checkFields: Record<string, Record<string, Reader<unknown>>> = {
    all: {all: (n, p) => list(check)(n, p)},
    any: {any: (n, p) => list(check)(n, p)},
    not: {not: (n, p) => check(n, p)},
    now: {now: match},
    eventually: {eventually: match},
    never: {never: match},
    always: {always: match, of: match},
    before: {before: match, never: match},
    count: {count: match, atLeast: number, atMost: number},
    rewound: {rewound: number},
    predicted: {predicted: json},
  };
  const check: Reader<Check> = (node, path) => {
    const keys = isMap(node) ? node.items.map(p => String(p.key)) : [];
    const kind = keys.includes('before') ? 'before' : keys.find(k => (CHECKS as string[]).includes(k));
    if (!kind || !isMap(node)) {
      fault(node, `${path} must be a check: ${CHECKS.join(', ')}`);
      return {all: []};
    }
    const fields = checkFields[kind]!;
    for (const pair of node.items) {
      const name = String(pair.key);
      const reader = fields[name];
      if (reader) reader(pair.value as Node, `${path}.${name}`);
      else fault(pair.key as Node, `${path} has no field ${name} beside ${kind}`);
    }
    return json(node, path) as Check;
  };
  const query: Reader<Query> = (node, path) => {
    if (isMap(node) && node.has('count')) return object<{count: Match}>({count: [match]})(node, path);
    return object<{of: Match; field: string; otherwise: string | undefined}>({
      of: [match],
      field: [string],
      otherwise: [string, undefined],
    })(node, path) as Query;
  };
  const prediction = object<Prediction>({ask: [string], options: [list(string)], run: [list(string)], wait: [number, 0], answer: [query]});
  const objective = object<Objective>({text: [string], check: [check], look: [string]});
  const hints: Reader<readonly string[]> = (node, path) => {
    const all = list(string)(node, path);
    if (all.length !== 3) fault(node, `${path} must be three: what to observe, where, how`);
    all.forEach((hint, i) => {
      const limit = MAX_WORDS.hints[i] ?? 0;
      if (words(hint) > limit)
        fault(isSeq(node) ? (node.items[i] as Node) : node, `${path}[${i}] has ${words(hint)} words; ${limit} are the limit`);
    });
    return all;
  };
  const step = object<LessonStep>({
    id: [string],
    say: [atMost(MAX_WORDS.say, string)],
    do: [string, undefined],
    predict: [prediction, undefined],
    objectives: [list(objective)],
    hints: [hints],
  });
  const steps: Reader<readonly LessonStep[]> = (node, path) => {
    const all = list(step)(node, path);
    const body = all.reduce((n, s) => n + words(s.say ?? ''), 0);
    if (body > MAX_WORDS.body) fault(node, `the steps have ${body} words together; ${MAX_WORDS.body} are the limit`);
    if (all.length < 1 || all.length > 7) fault(node, `a lesson has 1 to 7 steps, this one ${all.length}`);
    return all;
  };
  const world = object<World>({
    seed: [number, 1],
    nodes: [number, 3],
    users: [record(list(string)), {}],
    context: [
      object<World['context']>({user: [string, 'kubernetes-admin'], namespace: [string, 'default']}),
      {user: 'kubernetes-admin', namespace: 'default'},
    ],
    files: [record(string), {}],
    apply: [list(string), []],
    run: [list(string), []],
    off: [list(string), []],
    age: [number, 0],
    vary: [record(list(string)), {}],
  });
  const root = object<Omit<Lesson, 'file'> & {apiVersion: string; kind: string}>({
    apiVersion: [oneOf(['podyssey.dev/v1'])],
    kind: [oneOf(['Lesson'])],
    id: [string],
    number: [string],
    title: [string],
    about: [string],
    minutes: [number],
    concepts: [list(string)],
    prerequisites: [list(string), []],
    covers: [list(string)],
    world: [world],
    panels: [list(oneOf(PANELS))],
    disable: [list(string), []],
    steps: [steps],
    mistakes: [list(object<Mistake>({when: [check], say: [string], example: [list(string)]})), []],
    solution: [list(string)],
    alternatives: [list(list(string)), []],
    debrief: [atMost(MAX_WORDS.debrief, string)],
    myth: [object<Myth>({source: [string], claim: [string], truth: [string]}), undefined],
  });
  const {apiVersion: _apiVersion, kind: _kind, ...lesson} = root(document.contents, '');
  return faults.length ? {faults} : {lesson: {...lesson, file}, faults};
}

/** One choice of the values that vary: the first of each, or the ones that a number picks. */
export function variantOf(vary: World['vary'], pick = 0): Record<string, string> {
  return Object.fromEntries(Object.entries(vary).map(([name, values]) => [name, values[pick % values.length]!]));
}
