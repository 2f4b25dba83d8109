/** The words by which a learner moves in time, stops it, names moments and timelines, and asks why. */
import type {OwnWord} from '../own-words.ts';
import type {SessionAction, Unit} from '../types.ts';

const units: readonly Unit[] = ['event', 'stage', 'revision'];

/** `step`, `step revision`: one of a unit, an event where none is named; `step command`: to the next of the learner's commands. */
const move =
  (by: 1 | -1) =>
  ([unit = 'event']: readonly string[]): SessionAction | undefined =>
    unit === 'command' ? {type: 'landmark', by} : units.includes(unit as Unit) ? {type: 'step', by, unit: unit as Unit} : undefined;

export const TIME_WORDS = {
  undo: {about: 'take back your last command and all it caused', action: () => ({type: 'undo'})},
  redo: {about: 'do it again', action: () => ({type: 'redo'})},
  back: {
    usage: 'back [stage|revision|command]',
    about: 'one event back in time, or to the stage, revision or command before',
    action: move(-1),
  },
  step: {usage: 'step [stage|revision|command]', about: 'one event forward, or to the next stage, revision or command', action: move(1)},
  present: {about: 'return to the present', action: () => ({type: 'present'})},
  pause: {about: 'stop or start the clock', action: () => ({type: 'toggle'})},
  continue: {about: 'let time flow again, from the present', action: () => ({type: 'flow'})},
  faster: {about: 'raise the speed, up to max', action: () => ({type: 'speed', by: 1})},
  slower: {about: 'lower it, down to 0.1x', action: () => ({type: 'speed', by: -1})},
  skip: {about: 'let time run as fast as it can until the command at hand is over', action: () => ({type: 'skip'})},
  break: {
    usage: 'break WHAT',
    about: 'stop the clock: break stage authz, break component kubelet, break pod/web, break objective',
    action: words => (words.length > 0 ? {type: 'break', words} : {type: 'breaks', words: []}),
  },
  breaks: {usage: 'breaks [delete N|clear]', about: 'list the breakpoints, or drop them', action: words => ({type: 'breaks', words})},
  mark: {usage: 'mark [NAME]', about: 'give this moment a name', action: ([name]) => ({type: 'mark', name})},
  marks: {about: 'list the bookmarks', action: () => ({type: 'marks'})},
  goto: {
    usage: 'goto MOMENT',
    about: 'go to a bookmark, a step (41), rev 220, a time (12.5s), now',
    action: words => (words.length > 0 ? {type: 'goto', words} : undefined),
  },
  compare: {
    usage: 'compare A [B]',
    about: 'what changed between two moments; B is now unless named',
    action: words => ({type: 'compare', words}),
  },
  branch: {
    usage: 'branch [NAME]',
    about: 'begin a new timeline here; the one you leave is kept',
    action: ([name]) => ({type: 'branch', name}),
  },
  branches: {about: 'list the timelines', action: () => ({type: 'branches'})},
  switch: {usage: 'switch NAME', about: 'go to another timeline', action: ([name]) => (name ? {type: 'switch', name} : {type: 'branches'})},
  beside: {usage: 'beside [NAME]', about: 'show another timeline beside this one', action: ([name]) => ({type: 'beside', name})},
  why: {
    usage: 'why WHAT [FIELD]',
    about: 'the chain of causes: why pod/web, why pod/web spec.nodeName, why rev 41',
    action: words => (words.length > 0 ? {type: 'ask', words} : undefined),
  },
} as const satisfies Record<string, OwnWord>;
