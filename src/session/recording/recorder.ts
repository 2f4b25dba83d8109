/** Keeps what a learner does in a lesson, from its opening until it is solved or left. */
import {FREE_RULES, isLearnerAction, type LearnerAction, type Place, type RecordedEntry} from '../../course/recording.ts';
import {SESSION_WORDS} from '../own-words.ts';
import {type Core, clusterOf} from '../state.ts';

export interface Recorder {
  /** Notes an action that is about to be taken. */
  note(action: {readonly type: string}): void;
  /** Hands over what has been kept, when the lesson went on by a step or another one began. */
  look(): void;
  /** The lesson is left: where it stands is sealed. */
  seal(): void;
}

/** The place in time where the learner stands. */
export function placeOf(core: Core): Place {
  const {history, now} = clusterOf(core)!;
  return {step: history.position, at: now};
}

/** A word of the session stands for an action that is taken, and noted, in its turn. */
const isOwnWord = (action: LearnerAction): boolean => action.type === 'command' && action.line.trim().split(/\s+/)[0]! in SESSION_WORDS;

export function createRecorder(core: Core): Recorder {
  let world = core.state.world;
  let done = 0;
  let entries: RecordedEntry[] = [];

  const save = (sealed: boolean): void => {
    const {run} = core.state;
    if (!run || run.tests !== undefined) return;
    const end = sealed ? {...placeOf(core), hash: clusterOf(core)!.hash()} : undefined;
    core.options.ports.saveRecording?.(run.lesson, {rules: core.options.rules ?? FREE_RULES, done, entries, end});
  };
  const playing = (): boolean =>
    core.state.place === 'lesson' && core.state.world === world && core.state.run?.solved === false && core.state.run.tests === undefined;

  return {
    note(action) {
      if (!playing() || !isLearnerAction(action) || isOwnWord(action)) return;
      entries = [...entries, {...placeOf(core), action}];
      save(false);
    },
    look() {
      if (core.state.world !== world) {
        ({world} = core.state);
        [done, entries] = [0, []];
        save(false);
      } else if (core.state.run && core.state.run.step !== done) {
        done = core.state.run.step;
        save(core.state.run.solved);
      }
    },
    seal() {
      if (playing() && entries.length > 0) save(true);
    },
  };
}
