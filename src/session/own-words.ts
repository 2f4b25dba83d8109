/** Words that the session itself understands, and lines that only look. */
import type {SessionAction} from './types.ts';

/** Each word with its action; undefined where it is not used as it should be. */
export const SESSION_WORDS: Readonly<Record<string, {about: string; action(args: readonly string[]): SessionAction | undefined}>> = {
  next: {about: 'go on to the next step', action: () => ({type: 'next'})},
  hint: {about: 'a hint for this step', action: () => ({type: 'hint'})},
  predict: {
    about: 'predict NUMBER [PERCENT]: commit to an answer, and say how sure you are of it',
    action([n, percent = '100']) {
      const sure = Number(percent.replace('%', ''));
      if (!Number.isInteger(sure) || sure < 0 || sure > 100) return undefined;
      return {type: 'predict', option: Number(n) - 1, ...(sure !== 100 && {sure})};
    },
  },
  solution: {about: 'have the solution played', action: () => ({type: 'solution'})},
  undo: {about: 'take back your last command and all it caused', action: () => ({type: 'undo'})},
  redo: {about: 'do it again', action: () => ({type: 'redo'})},
  back: {about: 'one event back in time', action: () => ({type: 'step', by: -1, unit: 'event'})},
  step: {about: 'one event forward', action: () => ({type: 'step', by: 1, unit: 'event'})},
  present: {about: 'return to the present', action: () => ({type: 'present'})},
  pause: {about: 'stop or start the clock', action: () => ({type: 'toggle'})},
  faster: {about: 'double the speed', action: () => ({type: 'speed', by: 1})},
  slower: {about: 'halve it', action: () => ({type: 'speed', by: -1})},
  reset: {about: 'begin the lesson again', action: () => ({type: 'reset'})},
  map: {about: 'the course map', action: () => ({type: 'map'})},
  play: {about: 'play NUMBER: open a lesson', action: ([word]) => (word ? {type: 'open', lesson: word} : undefined)},
  'test-out': {
    about: 'test-out NUMBER: skip a chapter by its test',
    action: ([chapter]) => (Number(chapter) > 0 ? {type: 'testOut', chapter: Number(chapter)} : undefined),
  },
  forget: {about: 'forget NUMBER: a lesson as if never played', action: ([word]) => (word ? {type: 'forget', lesson: word} : undefined)},
  sandbox: {about: 'free play', action: () => ({type: 'sandbox'})},
  attach: {about: 'let a real kubectl in: opens a port on 127.0.0.1 and writes a kubeconfig', action: () => ({type: 'attach'})},
  detach: {about: 'close that port', action: () => ({type: 'detach'})},
  quit: {about: 'leave', action: () => ({type: 'quit'})},
};

/** Commands that read and never write: in the past they show the past. */
export const onlyLooks = (line: string): boolean =>
  /^(cat|ls|etcdctl)\b|^(kubectl|k) (get|describe|logs|events|explain|api-resources|api-versions|version|cluster-info|config view)\b(?!.*(-w\b|--watch|-f\b|--follow))/.test(
    line,
  );
