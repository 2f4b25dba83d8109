/** What may follow a word of the session's own: the forms it takes, and the names that there are by now. */

import {kinds} from '../../engine/api/kinds.ts';
import type {KubeObject} from '../../engine/api/types.ts';
import {collection} from '../../engine/apiserver/collections.ts';
import type {Cluster} from '../../engine/cluster/cluster.ts';
import {breakableStages} from '../../selectors/stage-steps.ts';
import type {SESSION_WORDS} from '../own-words.ts';
import type {State} from '../state.ts';
import {breakpointText, componentNames} from '../time/breakpoints.ts';
import type {Completion} from '../types.ts';

type Item = Completion['items'][number];

/** What a word's arguments are looked up in. */
interface Here {
  readonly state: State;
  readonly cluster: Cluster;
  /** The one that the learner's kubeconfig names. */
  readonly namespace: string;
}

/** Candidates for the word behind those that are written already. */
type Arguments = (before: readonly string[], here: Here) => readonly Item[];

const named = (about: string, names: readonly string[]): Item[] => names.map(text => ({text, about}));

/** `pod/web`: the objects of the learner's namespace, and those of none. */
const objects = ({cluster: {machine}, namespace}: Here): Item[] =>
  kinds.flatMap(({etcdPrefix, singular, namespaced, resource}) =>
    etcdPrefix === undefined || resource === 'events'
      ? []
      : collection<KubeObject>(machine, `/registry/${etcdPrefix}/${namespaced ? `${namespace}/` : ''}`).map(({kind, metadata}) => ({
          text: `${singular}/${metadata.name}`,
          about: kind,
        })),
  );

const branchesOf = ({branch, others}: State, here: boolean): Item[] =>
  named(
    'a timeline',
    [...(here && branch ? [branch] : []), ...others].map(each => each.name),
  );

const moments = ({state}: Here): Item[] => [
  ...state.bookmarks.map(({name, branch}) => ({text: name, about: `a bookmark in ${branch}`})),
  {text: 'now', about: 'where you are'},
  ...branchesOf(state, true),
  {text: 'rev', about: 'a revision by its number'},
];

const units: Arguments = ([unit]) => (unit === undefined ? named('how far', ['stage', 'revision', 'command']) : []);

const afterBreak: Readonly<Record<string, (here: Here) => readonly Item[]>> = {
  stage: () => named('a stage of the pipeline', breakableStages),
  component: ({cluster}) => named('a component', componentNames(cluster.machine)),
};

const otherTimeline: Arguments = ([name], {state}) => (name === undefined ? branchesOf(state, false) : []);

/** The words that take what can be looked up. */
const argumentsOfWords = {
  back: units,
  step: units,
  break([what], here) {
    if (what !== undefined) return afterBreak[what]?.(here) ?? [];
    return [...named('stop the clock there', ['stage', 'component', 'objective']), ...objects(here)];
  },
  breaks([what], {state}) {
    if (what === undefined) return named('drop breakpoints', ['delete', 'clear']);
    return what === 'delete' ? state.breakpoints.map(each => ({text: String(each.id), about: breakpointText(each)})) : [];
  },
  mark: ([name], {state}) =>
    name === undefined
      ? named(
          'this name comes to mean now',
          state.bookmarks.map(each => each.name),
        )
      : [],
  goto: ([moment], here) => (moment === undefined ? moments(here) : []),
  compare: (before, here) => (before.length < 2 ? moments(here) : []),
  switch: otherTimeline,
  beside: otherTimeline,
  why: ([object], here) => (object === undefined ? objects(here) : []),
} as const satisfies Partial<Record<keyof typeof SESSION_WORDS, Arguments>>;

/** Candidates for what follows `word` and the arguments before; none for a word that takes what nobody can foresee. */
export function wordArguments(word: string, before: readonly string[], here: Here): readonly Item[] {
  return Object.hasOwn(argumentsOfWords, word) ? (argumentsOfWords as Readonly<Record<string, Arguments>>)[word]!(before, here) : [];
}
