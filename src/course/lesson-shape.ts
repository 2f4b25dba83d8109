/** What a lesson file consists of. */

import {PROGRAMS} from '../engine/cluster/programs.ts';
import {panels} from '../selectors/panels/table.ts';
import {ROOMS} from './claims/claims.ts';
import {RECORD_KINDS} from './records.ts';
import {anything, countWords, type Field, type Fields, list, map, may, must, number, object, type Shape, text} from './shape.ts';

export const MAX_WORDS = {say: 60, body: 260, hints: [15, 30, 50], debrief: 150, solution: 6} as const;
const PANELS = panels.map(({id}) => id);

const match: Shape = {
  is: 'named',
  name: 'match',
  shape: () => ({
    is: 'either',
    about: 'a kind of record and a partial pattern',
    by: Object.fromEntries(RECORD_KINDS.map(kind => [kind, {[kind]: must(anything)}])),
  }),
};

const check: Shape = {
  is: 'named',
  name: 'check',
  shape: () => ({
    is: 'either',
    about: 'a condition over the state and the whole history',
    // The order decides where an object has two of the keys: `before` carries a `never`.
    by: {
      before: {before: must(match), never: must(match)},
      always: {always: must(match), of: must(match)},
      all: {all: must(list(check))},
      any: {any: must(list(check))},
      not: {not: must(check)},
      now: {now: must(match)},
      eventually: {eventually: must(match), after: may(match)},
      never: {never: must(match)},
      count: {count: must(match), atLeast: may(number()), atMost: may(number())},
      rewound: {rewound: must(number('how often the learner went back in time'))},
      predicted: {predicted: must(anything)},
      ordered: {ordered: must(number('percent of the cards that have to be in order'))},
      judged: {
        judged: must(text('a room of claims', {oneOf: ROOMS.map(({name}) => name)})),
        right: may(number('how many of them rightly')),
      },
    } satisfies Record<string, Fields>,
  }),
};

const reading = (by: string): Fields => ({
  [by]: must(match),
  field: must(text('path of the field')),
  otherwise: may(text('if nothing matches')),
});

const query: Shape = {is: 'either', by: {count: {count: must(match)}, first: reading('first'), of: reading('of')}};

const lines = (about: string): Shape => list(text(), about);

const step = object({
  id: must(text()),
  say: must(text('Markdown; one thing to do', {maxWords: MAX_WORDS.say})),
  do: may(text('a command worth typing')),
  panel: may(text('where what this step does is seen', {oneOf: PANELS})),
  predict: may(
    object({
      ask: must(text()),
      options: must(lines('answers to choose from')),
      run: must(lines('lines that are run ahead on a branch')),
      wait: may(number('virtual milliseconds after them'), 0),
      answer: must(query),
    }),
  ),
  order: may(
    object({
      ask: must(text()),
      cards: must(list(object({text: must(text()), when: must(match)}), 'in any order: the true one is read off the run')),
      run: must(lines('lines that are run ahead on a branch')),
      wait: may(number('virtual milliseconds after them'), 0),
    }),
  ),
  objectives: must(list(object({text: must(text()), check: must(check), look: must(text('where to look next'))}))),
  hints: must({is: 'list', of: text(), size: 3, maxWords: MAX_WORDS.hints, about: 'what to observe, where, how'}),
});

const DEFAULT_CONTEXT = {user: 'kubernetes-admin', namespace: 'default'};

export const DEFAULT_WORLD = {
  seed: 1,
  nodes: 3,
  etcdMembers: 1,
  schedulers: 1,
  controllerManagers: 1,
  users: {},
  credentials: {},
  server: {},
  context: DEFAULT_CONTEXT,
  files: {},
  variables: {},
  apply: [],
  run: [],
  off: [],
  age: 0,
  vary: {},
};

const expires = number('virtual milliseconds since the cluster began');

const credential: Shape = {
  is: 'either',
  about: 'what a person proves with who they are',
  by: {
    certificate: {
      certificate: must(object({groups: must(lines('organizations')), issuer: may(text('name of the authority')), expires: may(expires)})),
    },
    idToken: {idToken: must(object({claims: must(anything), key: must(text('what it is signed with')), expires: must(expires)}))},
    token: {token: must(text('a bearer token'))},
    password: {password: must(text())},
  },
};

const world = object({
  seed: may(number(), DEFAULT_WORLD.seed),
  nodes: may(number(), DEFAULT_WORLD.nodes),
  etcdMembers: may(number('how many members etcd has'), DEFAULT_WORLD.etcdMembers),
  schedulers: may(number('how many schedulers stand ready, of which one leads'), DEFAULT_WORLD.schedulers),
  controllerManagers: may(number('the same of controller managers'), DEFAULT_WORLD.controllerManagers),
  users: may(map(lines('groups'), 'people in the kubeconfig, beside the administrator'), {}),
  credentials: may(map(credential, 'entries of the kubeconfig that are no sound certificate'), {}),
  server: may(anything, {}),
  context: may(object({user: may(text(), DEFAULT_CONTEXT.user), namespace: may(text(), DEFAULT_CONTEXT.namespace)}), DEFAULT_CONTEXT),
  files: may(map(text(), "the learner's files"), {}),
  variables: may(map(text(), "variables of the learner's shell"), {}),
  apply: may(lines('manifests applied beforehand'), []),
  run: may(lines('lines that the administrator typed beforehand'), []),
  off: may(list(text(undefined, {oneOf: PROGRAMS}), 'programs present but stopped'), []),
  age: may(number('virtual milliseconds before the lesson begins'), 0),
  vary: may(map(lines('values'), '{{name}} stands for one of them'), {}),
});

const headFields = {
  apiVersion: must(text(undefined, {oneOf: ['podyssey.dev/v1']})),
  kind: must(text(undefined, {oneOf: ['Lesson']})),
  id: must(text('stable; progress is kept by it')),
  number: must(text('chapter and place: 3.2; a boss is 3.B')),
  title: must(text()),
  about: must(text('one sentence for the course map')),
  minutes: must(number()),
  concepts: must(lines('what is learned')),
  prerequisites: may(lines('ids of lessons to be solved before'), []),
  covers: must(lines('rows of the checklist of mechanisms')),
} satisfies Record<string, Field>;

const fields = {
  ...headFields,
  world: must(world),
  panels: must(list(text(undefined, {oneOf: PANELS}))),
  disable: may(lines('commands and flags that are switched off'), []),
  steps: must(list(step)),
  mistakes: may(list(object({when: must(check), say: must(text('one sentence')), example: must(lines('lines that make it'))})), []),
  solution: must(lines('one way to solve it')),
  alternatives: may(list(lines('another way')), []),
  debrief: must(text('Markdown, shown after success', {maxWords: MAX_WORDS.debrief})),
  myth: may(object({source: must(text('document and line: 003:71')), claim: must(text()), truth: must(text())})),
} satisfies Record<string, Field>;

/** What stands before the world in a lesson's file. */
export const headShape: Shape = object(headFields);
export const lessonShape: Shape = object(fields);

export {countWords};
